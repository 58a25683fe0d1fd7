# curl: --http2 offers an upgrade; a large -F or -T waits for 100 Continue.
set -eu
json="Content-Type: application/json"
field() { sed -n "s/.*\"$1\": \"\([^\"]*\)\".*/\1/p" | head -n 1; }
create() {
  curl -sS --http2 "$OPENAI_BASE_URL/chatkit/sessions" -H "$json" -H "OpenAI-Beta: chatkit_beta=v1" \
    -H "Authorization: Bearer $OPENAI_API_KEY" -d "$1"
}
converse() {
  curl -sSN --http2 "$OPENAI_BASE_URL/chatkit/conversation" -H "$json" -H "Authorization: Bearer $secret" -d "$1"
}

session=$(create '{"workflow": {"id": "wf_1"}, "user": "curl",
  "chatkit_configuration": {"file_upload": {"enabled": true, "max_file_size": 2}}}')
echo "session $(printf %s "$session" | field status)"
secret=$(printf %s "$session" | field client_secret)

folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
file="$folder/a.png"
printf '\211PNG\r\n\032\n' > "$file"
head -c 2000000 /dev/zero >> "$file"

direct=$(curl -sS --http2 "$OPENAI_BASE_URL/chatkit/files" -H "Authorization: Bearer $secret" -F "file=@$file")
echo "direct $(curl -sS "$(printf %s "$direct" | field preview_url)" | wc -c | tr -d ' ')"
head -c 30000000 /dev/zero >> "$file"
large=$(curl -sS --http2 "$OPENAI_BASE_URL/chatkit/files" -H "Authorization: Bearer $secret" -F "file=@$file")
echo "large $(printf %s "$large" | field message)"
unknown=$(curl -sS --http2 "$OPENAI_BASE_URL/chatkit/files" -H "Authorization: Bearer ek_unknown" -F "file=@$file")
echo "unknown $(printf %s "$unknown" | field code)"
head -c 2000008 "$file" > "$file.small"

declared=$(converse '{"type": "attachments.create",
  "params": {"name": "a.png", "size": 2000008, "mime_type": "image/png"}}')
address=$(printf %s "$declared" | field url)
curl -sS --http2 -o /dev/null -T - "$address" < "$file.small" # of unknown length: in chunks
echo "phases $(curl -sS "$address" | wc -c | tr -d ' ')"

converse "{\"type\": \"threads.create\", \"params\": {\"input\": {\"content\": [{\"type\": \"input_text\",
  \"text\": \"Hello from curl\"}], \"attachments\": [\"$(printf %s "$direct" | field id)\"], \"inference_options\": {}}}}" |
  sed -n 's/^data: {"type":"thread.item.done","item":{"type":"assistant_message".*"text":"\([^"]*\)".*/reply \1/p'

echo "error $(create '{"workflow": {"id": "wf_1"}}' | field message)"
echo "status $(curl -sS -o /dev/null -w '%{http_code}' "$OPENAI_BASE_URL/chatkit/conversation" -H "$json" \
  -H "Authorization: Bearer ek_unknown" -d '{}')"

# Ruby: Net::HTTP. Its multipart parts are application/octet-stream; a body_stream goes in chunks.
require "json"
require "net/http"
require "stringio"

BASE = ENV.fetch("OPENAI_BASE_URL")
CONTENT = "\x89PNG\r\n\x1A\n".b + "\0".b * 2_000_000

def send_request(request)
  uri = request.uri
  Net::HTTP.start(uri.hostname, uri.port) { |http| http.request(request) { |response| yield response if block_given? } }
end

def post(path, bearer, body, **headers, &block)
  request = Net::HTTP::Post.new(URI("#{BASE}/chatkit/#{path}"), headers.transform_keys(&:to_s))
  request.content_type = "application/json"
  request["Authorization"] = "Bearer #{bearer}"
  request.body = JSON.generate(body)
  send_request(request, &block)
end

def create(body) = post("sessions", ENV.fetch("OPENAI_API_KEY"), body, "OpenAI-Beta": "chatkit_beta=v1")
def converse(secret, type, params, &block) = post("conversation", secret, { type: type, params: params }, &block)

def upload(bearer, content)
  form = Net::HTTP::Post.new(URI("#{BASE}/chatkit/files"), "Authorization" => "Bearer #{bearer}")
  form.set_form([["file", StringIO.new(content), { filename: "a.png" }]], "multipart/form-data")
  JSON.parse(send_request(form).body)
end

uploads = { file_upload: { enabled: true, max_file_size: 2 } }
session = JSON.parse(create({ workflow: { id: "wf_1" }, user: "ruby", chatkit_configuration: uploads }).body)
puts "session #{session['status']}"
secret = session["client_secret"]

direct = upload(secret, CONTENT)
puts "direct #{Net::HTTP.get(URI(direct['preview_url'])).bytesize}"
large = CONTENT + "\0" * 30_000_000
puts "large #{upload(secret, large)['error']['message']}"
puts "unknown #{upload('ek_unknown', large)['error']['code']}"

declaration = { name: "a.png", size: CONTENT.bytesize, mime_type: "image/png" }
address = URI(JSON.parse(converse(secret, "attachments.create", declaration).body)["upload_descriptor"]["url"])
put = Net::HTTP::Put.new(address, "Transfer-Encoding" => "chunked")
put.body_stream = StringIO.new(CONTENT)
send_request(put).value # raises unless it is a success
puts "phases #{Net::HTTP.get(address).bytesize}"

input = { content: [{ type: "input_text", text: "Hello from ruby" }], attachments: [direct["id"]], inference_options: {} }
converse(secret, "threads.create", { input: input }) do |response|
  rest = +""
  response.read_body do |part|
    rest << part
    while (frame = rest.slice!(/\A.*?\n\n/m))
      item = JSON.parse(frame.delete_prefix("data: "))
      next unless item["type"] == "thread.item.done" && item["item"]["type"] == "assistant_message"

      puts "reply #{item['item']['content'][0]['text']}"
    end
  end
end

puts "error #{JSON.parse(create({ workflow: { id: 'wf_1' } }).body)['error']['message']}"
puts "status #{post('conversation', 'ek_unknown', {}).code}"

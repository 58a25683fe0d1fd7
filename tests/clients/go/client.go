// Go: net/http. A body of unknown length goes in chunks; with Expect it waits for 100 Continue.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
)

type object = map[string]any

var (
	base    = os.Getenv("OPENAI_BASE_URL")
	content = append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 2_000_000)...)
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func send(method, url, bearer string, body io.Reader, headers map[string]string) *http.Response {
	request, err := http.NewRequest(method, url, body)
	check(err)
	request.Header.Set("Authorization", "Bearer "+bearer)
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	check(err)
	return response
}

func post(path, bearer string, body object) *http.Response {
	text, err := json.Marshal(body)
	check(err)
	headers := map[string]string{"Content-Type": "application/json"}
	if path == "sessions" {
		headers["OpenAI-Beta"] = "chatkit_beta=v1"
	}
	return send("POST", base+"/chatkit/"+path, bearer, bytes.NewReader(text), headers)
}

func parsed(response *http.Response) (result object) {
	defer response.Body.Close()
	check(json.NewDecoder(response.Body).Decode(&result))
	return
}

func sizeOf(url string) int64 {
	response, err := http.Get(url)
	check(err)
	defer response.Body.Close()
	size, err := io.Copy(io.Discard, response.Body)
	check(err)
	return size
}

func upload(secret string, content []byte) object {
	reader, writer := io.Pipe()
	form := multipart.NewWriter(writer)
	go func() {
		part, err := form.CreateFormFile("file", "a.png")
		check(err)
		if _, err = part.Write(content); err != nil {
			return // refused before its end
		}
		check(form.Close())
		check(writer.Close())
	}()
	headers := map[string]string{"Content-Type": form.FormDataContentType(), "Expect": "100-continue"}
	return parsed(send("POST", base+"/chatkit/files", secret, reader, headers))
}

func main() {
	key := os.Getenv("OPENAI_API_KEY")
	uploads := object{"file_upload": object{"enabled": true, "max_file_size": 2}}
	workflow := object{"id": "wf_1"}
	session := parsed(post("sessions", key, object{"workflow": workflow, "user": "go", "chatkit_configuration": uploads}))
	fmt.Println("session", session["status"])
	secret := session["client_secret"].(string)

	direct := upload(secret, content)
	fmt.Println("direct", sizeOf(direct["preview_url"].(string)))
	large := append(content[:len(content):len(content)], make([]byte, 30_000_000)...)
	fmt.Println("large", upload(secret, large)["error"].(object)["message"])
	fmt.Println("unknown", upload("ek_unknown", large)["error"].(object)["code"])

	declaration := object{"name": "a.png", "size": len(content), "mime_type": "image/png"}
	declared := parsed(post("conversation", secret, object{"type": "attachments.create", "params": declaration}))
	address := declared["upload_descriptor"].(object)["url"].(string)
	unknownLength := io.MultiReader(bytes.NewReader(content))
	put := send("PUT", address, secret, unknownLength, map[string]string{"Expect": "100-continue"})
	if put.Body.Close(); put.StatusCode != 200 {
		panic(put.Status)
	}
	fmt.Println("phases", sizeOf(address))

	text := object{"type": "input_text", "text": "Hello from go"}
	input := object{"content": []any{text}, "attachments": []any{direct["id"]}, "inference_options": object{}}
	stream := post("conversation", secret, object{"type": "threads.create", "params": object{"input": input}})
	lines := bufio.NewScanner(stream.Body)
	for lines.Scan() {
		var event struct {
			Type string
			Item struct {
				Type    string
				Content []struct{ Text string }
			}
		}
		data := strings.TrimPrefix(lines.Text(), "data: ")
		if data == "" {
			continue
		}
		check(json.Unmarshal([]byte(data), &event))
		if event.Type == "thread.item.done" && event.Item.Type == "assistant_message" {
			fmt.Println("reply", event.Item.Content[0].Text)
		}
	}
	check(lines.Err())

	refused := parsed(post("sessions", key, object{"workflow": workflow}))
	fmt.Println("error", refused["error"].(object)["message"])
	fmt.Println("status", post("conversation", "ek_unknown", object{}).StatusCode)
}

// Java: its own HttpClient, which offers an upgrade to HTTP/2 with every request; a stream goes in chunks.
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class Client {
  static final String BASE = System.getenv("OPENAI_BASE_URL"), KEY = System.getenv("OPENAI_API_KEY");
  static final HttpClient HTTP = HttpClient.newHttpClient();

  static HttpRequest.Builder request(String url, String bearer) {
    return HttpRequest.newBuilder(URI.create(url)).header("Authorization", "Bearer " + bearer);
  }

  static HttpRequest post(String path, String bearer, String body) {
    var request = request(BASE + "/chatkit/" + path, bearer).header("Content-Type", "application/json");
    if (path.equals("sessions")) request.header("OpenAI-Beta", "chatkit_beta=v1");
    return request.POST(BodyPublishers.ofString(body)).build();
  }

  static String text(HttpRequest request) throws Exception {
    return HTTP.send(request, BodyHandlers.ofString()).body();
  }

  static int sizeOf(String url) throws Exception {
    return HTTP.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofByteArray()).body().length;
  }

  static String field(String name, String json) {
    Matcher found = Pattern.compile("\"" + name + "\": ?\"([^\"]*)\"").matcher(json);
    if (!found.find()) throw new IllegalStateException(json);
    return found.group(1);
  }

  static byte[] content(int size) {
    return Arrays.copyOf("\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1), size);
  }

  static BodyPublisher form(int size) {
    String head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n";
    return BodyPublishers.ofInputStream(() -> new SequenceInputStream(Collections.enumeration(List.<InputStream>of(
        new ByteArrayInputStream(head.getBytes()), new ByteArrayInputStream(content(size)),
        new ByteArrayInputStream("\r\n--b--\r\n".getBytes())))));
  }

  static String upload(String bearer, int size) throws Exception {
    return text(request(BASE + "/chatkit/files", bearer)
        .header("Content-Type", "multipart/form-data; boundary=b").POST(form(size)).build());
  }

  public static void main(String[] arguments) throws Exception {
    String session = text(post("sessions", KEY, "{\"workflow\": {\"id\": \"wf_1\"}, \"user\": \"java\","
        + "\"chatkit_configuration\": {\"file_upload\": {\"enabled\": true, \"max_file_size\": 2}}}"));
    System.out.println("session " + field("status", session));
    String secret = field("client_secret", session);

    String direct = upload(secret, 2_000_008);
    System.out.println("direct " + sizeOf(field("preview_url", direct)));
    System.out.println("large " + field("message", upload(secret, 32_000_008)));
    System.out.println("unknown " + field("code", upload("ek_unknown", 32_000_008)));

    String declared = text(post("conversation", secret, "{\"type\": \"attachments.create\", \"params\":"
        + "{\"name\": \"a.png\", \"size\": 2000008, \"mime_type\": \"image/png\"}}"));
    String address = field("url", declared);
    HttpResponse<String> put = HTTP.send(
        request(address, secret).expectContinue(true).PUT(BodyPublishers.ofByteArray(content(2_000_008))).build(),
        BodyHandlers.ofString());
    if (put.statusCode() != 200) throw new IllegalStateException(put.body());
    System.out.println("phases " + sizeOf(address));

    HTTP.send(post("conversation", secret, "{\"type\": \"threads.create\", \"params\": {\"input\": {\"content\":"
        + "[{\"type\": \"input_text\", \"text\": \"Hello from java\"}], \"attachments\": [\"" + field("id", direct)
        + "\"], \"inference_options\": {}}}}"), BodyHandlers.ofLines()).body()
        .filter(line -> line.startsWith("data: {\"type\":\"thread.item.done\",\"item\":{\"type\":\"assistant_message\""))
        .forEach(line -> System.out.println("reply " + field("text", line)));

    System.out.println("error " + field("message", text(post("sessions", KEY, "{\"workflow\": {\"id\": \"wf_1\"}}"))));
    System.out.println("status "
        + HTTP.send(post("conversation", "ek_unknown", "{}"), BodyHandlers.ofString()).statusCode());
  }
}

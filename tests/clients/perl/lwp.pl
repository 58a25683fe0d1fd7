# Perl: LWP, which guesses a part's type by its name and keeps connections open.
use strict;
use warnings;
use HTTP::Request::Common qw(POST PUT);
use JSON::PP;
use LWP::UserAgent;

my ($base, $key) = @ENV{qw(OPENAI_BASE_URL OPENAI_API_KEY)};
my $agent   = LWP::UserAgent->new(keep_alive => 4);
my $content = "\x89PNG\r\n\x1A\n" . "\0" x 2_000_000;

sub request {
    my ($path, $bearer, $body, @headers) = @_;
    return POST("$base/chatkit/$path",
        "Content-Type" => "application/json", Authorization => "Bearer $bearer", @headers, Content => encode_json($body));
}

sub create { return $agent->request(request("sessions", $key, shift, "OpenAI-Beta" => "chatkit_beta=v1")) }
sub size_of { return length $agent->get(shift)->content }

sub upload {
    my ($bearer, $bytes) = @_;
    my $response = $agent->request(POST("$base/chatkit/files",
        Authorization => "Bearer $bearer", "Content-Type" => "form-data",
        Content => [file => [undef, "a.png", Content => $bytes]]));
    die $response->content if ($response->header("Client-Warning") // "") eq "Internal response"; # there was none
    return decode_json($response->content);
}

my $uploads = { file_upload => { enabled => JSON::PP::true, max_file_size => 2 } };
my $session = decode_json(
    create({ workflow => { id => "wf_1" }, user => "lwp", chatkit_configuration => $uploads })->content);
print "session $session->{status}\n";
my $secret = $session->{client_secret};

my $direct = upload($secret, $content);
print "direct ", size_of($direct->{preview_url}), "\n";
my $large = $content . "\0" x 30_000_000;
print "large ", upload($secret, $large)->{error}{message}, "\n";
print "unknown ", upload("ek_unknown", $large)->{error}{code}, "\n";

my $declaration = { name => "a.png", size => length $content, mime_type => "image/png" };
my $declared = $agent->request(
    request("conversation", $secret, { type => "attachments.create", params => $declaration }));
my $address = decode_json($declared->content)->{upload_descriptor}{url};
my $put = $agent->request(PUT($address, Expect => "100-continue", Content => $content));
die $put->content unless $put->is_success;
print "phases ", size_of($address), "\n";

my $text = { type => "input_text", text => "Hello from lwp" };
my $input = { content => [$text], attachments => [$direct->{id}], inference_options => {} };
my $rest = "";
$agent->request(request("conversation", $secret, { type => "threads.create", params => { input => $input } }), sub {
    $rest .= shift;
    while ($rest =~ s/\Adata: (.*?)\n\n//s) {
        my $event = decode_json($1);
        print "reply $event->{item}{content}[0]{text}\n"
            if $event->{type} eq "thread.item.done" && $event->{item}{type} eq "assistant_message";
    }
});

print "error ", decode_json(create({ workflow => { id => "wf_1" } })->content)->{error}{message}, "\n";
print "status ", $agent->request(request("conversation", "ek_unknown", {}))->code, "\n";

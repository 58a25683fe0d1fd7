# Perl: HTTP::Tiny and JSON::PP, which come with it. A body from a callback goes in chunks.
use strict;
use warnings;
use HTTP::Tiny;
use JSON::PP;

my ($base, $key) = @ENV{qw(OPENAI_BASE_URL OPENAI_API_KEY)};
my $http    = HTTP::Tiny->new;
my $content = "\x89PNG\r\n\x1A\n" . "\0" x 2_000_000;

sub post {
    my ($path, $bearer, $body, %more) = @_;
    my $headers = delete $more{headers} // {};
    my %sent = ("Content-Type" => "application/json", Authorization => "Bearer $bearer", %$headers);
    return $http->post("$base/chatkit/$path", { headers => \%sent, content => encode_json($body), %more });
}

sub create { return post("sessions", $key, shift, headers => { "OpenAI-Beta" => "chatkit_beta=v1" }) }
sub size_of { return length $http->get(shift)->{content} }

sub upload {
    my ($bearer, $bytes) = @_;
    my $name = 'Content-Disposition: form-data; name="file"; filename="a.png"';
    my $response = $http->post("$base/chatkit/files", {
        headers => { Authorization => "Bearer $bearer", "Content-Type" => "multipart/form-data; boundary=b" },
        content => join("\r\n", "--b", $name, "", $bytes, "--b--", ""),
    });
    die $response->{content} if $response->{status} == 599; # no response
    return decode_json($response->{content});
}

my $uploads = { file_upload => { enabled => JSON::PP::true, max_file_size => 2 } };
my $session = decode_json(
    create({ workflow => { id => "wf_1" }, user => "perl", chatkit_configuration => $uploads })->{content});
print "session $session->{status}\n";
my $secret = $session->{client_secret};

my $direct = upload($secret, $content);
print "direct ", size_of($direct->{preview_url}), "\n";
my $large = $content . "\0" x 30_000_000;
print "large ", upload($secret, $large)->{error}{message}, "\n";
print "unknown ", upload("ek_unknown", $large)->{error}{code}, "\n";

my $declaration = { name => "a.png", size => length $content, mime_type => "image/png" };
my $declared = post("conversation", $secret, { type => "attachments.create", params => $declaration });
my $address = decode_json($declared->{content})->{upload_descriptor}{url};
my @parts = unpack "(a100000)*", $content;
my $put = $http->put($address, { content => sub { shift @parts } });
die $put->{content} unless $put->{success};
print "phases ", size_of($address), "\n";

my $text = { type => "input_text", text => "Hello from perl" };
my $input = { content => [$text], attachments => [$direct->{id}], inference_options => {} };
my $rest = "";
post("conversation", $secret, { type => "threads.create", params => { input => $input } }, data_callback => sub {
    $rest .= shift;
    while ($rest =~ s/\Adata: (.*?)\n\n//s) {
        my $event = decode_json($1);
        print "reply $event->{item}{content}[0]{text}\n"
            if $event->{type} eq "thread.item.done" && $event->{item}{type} eq "assistant_message";
    }
});

print "error ", decode_json(create({ workflow => { id => "wf_1" } })->{content})->{error}{message}, "\n";
print "status ", post("conversation", "ek_unknown", {})->{status}, "\n";

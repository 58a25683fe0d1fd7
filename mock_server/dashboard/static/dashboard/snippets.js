/** Code to paste, with this server's address in it. */

/** Where the API is, for a project or the default one. */
export function apiBase(project = "") {
  return new URL(project ? `p/${project}/v1` : "v1", document.baseURI).href;
}

/** A session in Python, with the official client. */
export function createSnippet(project = "") {
  return `from openai import OpenAI

client = OpenAI(base_url="${apiBase(project)}", api_key="sk-test")
session = client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_demo"})
print(session.client_secret)
`;
}

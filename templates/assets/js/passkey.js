/* Passkeys: asks the server for a challenge, the device for its answer, and posts that as an ordinary form.
   Without this file, or where the browser has no passkeys, these forms stay hidden and the mailed link is there. */

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const read = (options) => {
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  if (publicKey.user) publicKey.user = { ...publicKey.user, id: bytes(publicKey.user.id) };
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    if (publicKey[list]) publicKey[list] = publicKey[list].map((known) => ({ ...known, id: bytes(known.id) }));
  }
  return publicKey;
};

const written = (credential) => {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  return JSON.stringify({
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {},
  });
};

const ask = async (form) => {
  const answer = await fetch(form.dataset.challenge, { method: "POST", body: new URLSearchParams(), redirect: "error" });
  if (!answer.ok) throw new Error("no challenge");
  const publicKey = read(await answer.json());
  const container = navigator.credentials;
  return form.dataset.passkey === "create" ? container.create({ publicKey }) : container.get({ publicKey });
};

if (window.PublicKeyCredential && navigator.credentials) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const problem = form.querySelector("[data-passkey-problem]");
    const button = form.querySelector("button");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (button.getAttribute("aria-disabled") === "true") return;
      problem.hidden = true;
      button.setAttribute("aria-disabled", "true");
      try {
        form.elements.answer.value = written(await ask(form));
        form.submit();
      } catch {
        problem.hidden = false;
        button.removeAttribute("aria-disabled");
      }
    });
  }
}

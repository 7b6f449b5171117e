/** Asks the browser for a passkey, and sends its answer with the form; without this file the forms stay hidden. */
const forms = document.querySelectorAll('form[data-passkey]');
const { PublicKeyCredential } = globalThis;
const able =
  PublicKeyCredential?.parseRequestOptionsFromJSON !== undefined &&
  PublicKeyCredential.parseCreationOptionsFromJSON !== undefined;

const ask = async (form) => {
  const options = JSON.parse(form.dataset.options);
  const { credentials } = navigator;
  return form.dataset.passkey === 'create'
    ? await credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : await credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
};

for (const form of forms) {
  if (!able) continue;
  const [message] = form.getElementsByClassName('passkey-message');
  for (const part of document.querySelectorAll('.without-passkeys')) part.hidden = true;
  form.hidden = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    message.textContent = '';
    try {
      const credential = await ask(form);
      form.elements.namedItem(form.dataset.field).value = JSON.stringify(credential);
      form.submit();
    } catch {
      message.textContent =
        'It did not work, or was cancelled. Try again; after five minutes load this page anew.';
    }
  });
}

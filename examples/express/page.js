/**
 * @param {object} state
 * @param {{ name: string } | null} state.user
 * @param {string} [state.message]
 */
export function page({ user, message = '' }) {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Shop</title>
<link rel="icon" href="data:,">
<style>
  :root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; }
  body { max-width: 26rem; margin: 3rem auto; padding: 0 1rem; }
  form { display: grid; gap: 0.75rem; margin: 1.5rem 0; }
  label { display: grid; gap: 0.25rem; }
  input, button { padding: 0.5rem; font: inherit; }
</style>
<h1>Shop</h1>
<p role="status">${escaped(message)}</p>
${user ? signedIn(user) : forms}
</html>
`;
}

const signedIn = (/** @type {{ name: string }} */ { name }) => `
<p>Hello ${escaped(name)}. <a href="/me">What Onym knows of you</a></p>
<form method="post" action="/checkout"><button>Buy something</button></form>
<form method="post" action="/logout"><button>Log out</button></form>`;

const credentials = (/** @type {string} */ autocomplete) => `
  <label>E-mail <input name="email" type="email" autocomplete="email" required></label>
  <label>Password <input name="password" type="password" autocomplete="${autocomplete}" minlength="8" required></label>`;

const forms = `
<form method="post" action="/signup">
  <h2>Sign up</h2>
  <label>Name <input name="name" autocomplete="name" required></label>${credentials('new-password')}
  <button>Sign up</button>
</form>
<form method="post" action="/login">
  <h2>Log in</h2>${credentials('current-password')}
  <button>Log in</button>
</form>`;

const escaped = (/** @type {string} */ text) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

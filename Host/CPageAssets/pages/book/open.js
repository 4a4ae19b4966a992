// A code behind the # of an address goes to the server in a form, which leaves it in no log, and out of the address.
const form = document.querySelector("[data-open]");
const found = /^#token=([A-Za-z0-9_-]{1,200})$/.exec(location.hash);
if (form && found) {
  history.replaceState(null, "", location.pathname + location.search);
  form.querySelector("#token").value = found[1];
  form.requestSubmit();
}

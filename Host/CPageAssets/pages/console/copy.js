// What is shown once gets a button that copies it.
for (const place of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = place.dataset.copy;
  const said = document.createElement("span");
  said.className = "hidden";
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(place.textContent);
      said.textContent = button.textContent = place.dataset.copied;
    } catch {
      getSelection().selectAllChildren(place);
    }
  });
  const spot = place.nextElementSibling;
  if (spot?.matches(".copy-place")) spot.append(button, said);
  else place.after(button, said);
}

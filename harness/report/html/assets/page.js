// Start-up of the page.

for (const element of document.querySelectorAll("script[data-matrix-of]")) {
  const root = document.getElementById(element.dataset.matrixOf);
  matrix(root, JSON.parse(element.textContent));
}

// A fragment that points into folded content opens it.
function unfold() {
  const target = document.getElementById(location.hash.slice(1));
  for (let each = target; each; each = each.parentElement) {
    if (each instanceof HTMLDetailsElement) each.open = true;
  }
  target?.scrollIntoView();
}
addEventListener("hashchange", unfold);
if (location.hash) unfold();

// The page says all it has to say without this: a click on the head of a column puts the tables into its order.
for (const head of document.querySelectorAll("thead th")) {
  const button = document.createElement("button"); button.textContent = head.textContent; head.replaceChildren(button);
  button.onclick = () => {
    const number = head.classList.contains("number"), up = head.getAttribute("aria-sort") === (number ? "descending" : null) || head.getAttribute("aria-sort") === "descending";
    const key = row => number ? Number(row.cells[head.cellIndex].dataset.key) : row.cells[head.cellIndex].textContent;
    const rows = [...head.closest("table").tBodies[0].rows].sort((a, b) => (number ? key(a) - key(b) : key(a).localeCompare(key(b))) * (up ? 1 : -1));
    for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending"); head.closest("table").tBodies[0].append(...rows);
  };
}

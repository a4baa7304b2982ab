/**
 * The page's script: sorting tables, choosing a heat map, naming the pair under the pointer. Without it everything
 * is still there: tables in the model's order and all heat maps below one another.
 */
export const PAGE_SCRIPT = `
(() => {
  'use strict';
  const keyOf = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value === undefined ? cell.textContent : cell.dataset.value === '' ? null : Number(cell.dataset.value);
  };
  const compare = (a, b) => typeof a === 'number' ? a - b : a.localeCompare(b, undefined, { numeric: true });
  for (const table of document.querySelectorAll('table.sortable')) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => head.querySelector('button').addEventListener('click', () => {
      const first = head.classList.contains('number') ? 'descending' : 'ascending';
      const order = head.ariaSort === 'ascending' ? 'descending' : head.ariaSort === 'descending' ? 'ascending' : first;
      for (const other of heads) other.ariaSort = null;
      head.ariaSort = order;
      const sign = order === 'ascending' ? 1 : -1;
      const body = table.tBodies[0];
      const rows = [...body.rows].map((row) => [keyOf(row, column), row]);
      rows.sort(([a], [b]) => a === null || b === null ? (a === null) - (b === null) : sign * compare(a, b));
      body.append(...rows.map(([, row]) => row));
    }));
  }
  for (const group of document.querySelectorAll('.heatmaps')) {
    const maps = [...group.querySelectorAll('.heatmap')];
    if (maps.length < 2) continue;
    const chooser = document.createElement('div');
    chooser.className = 'chooser';
    chooser.setAttribute('role', 'group');
    chooser.setAttribute('aria-label', 'Definition of distance');
    const buttons = maps.map((map) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = map.dataset.definition;
      chooser.append(button);
      return button;
    });
    const show = (chosen) => maps.forEach((map, index) => {
      map.hidden = index !== chosen;
      buttons[index].setAttribute('aria-pressed', String(index === chosen));
    });
    buttons.forEach((button, index) => button.addEventListener('click', () => show(index)));
    group.prepend(chooser);
    show(Math.max(0, maps.findIndex((map) => map.dataset.definition === group.dataset.first)));
  }
  const runs = JSON.parse(document.getElementById('distances').textContent);
  const tip = document.createElement('div');
  tip.id = 'tip';
  tip.hidden = true;
  document.body.append(tip);
  for (const map of document.querySelectorAll('.heatmap')) {
    const image = map.querySelector('image.cells');
    const found = runs[Number(map.dataset.run)]?.[map.dataset.definition];
    if (!image || !found) continue;
    const { names, lower } = found;
    image.addEventListener('pointermove', (event) => {
      const box = image.getBoundingClientRect();
      const at = (offset, size) => Math.min(names.length - 1, Math.max(0, Math.floor((offset / size) * names.length)));
      const column = at(event.clientX - box.left, box.width);
      const row = at(event.clientY - box.top, box.height);
      const [i, j] = row > column ? [row, column] : [column, row];
      const value = i === j ? 0 : lower[(i * (i - 1)) / 2 + j];
      tip.textContent = names[row] + ' and ' + names[column] + ': ' + (value === null ? 'not defined' : value);
      tip.hidden = false;
      tip.style.left = Math.max(4, Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8)) + 'px';
      tip.style.top = Math.max(4, event.clientY - tip.offsetHeight - 12) + 'px';
    });
    image.addEventListener('pointerleave', () => { tip.hidden = true; });
  }
})();
`;

const svgNamespace = 'http://www.w3.org/2000/svg';

/** @param {string} name @param {Record<string, string | number>} attributes @returns {any} */
export const shape = (name, attributes = {}) => {
  const made = document.createElementNS(svgNamespace, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
};

/** @param {string} name @param {string} className @param {string} text */
export const element = (name, className, text = '') => {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
};

export const tip = element('div', 'tip');
export const reset = /** @type {HTMLButtonElement} */ (element('button', 'reset', 'Show all of it'));
/** What a screen reader says. */
export const spoken = element('div', 'hidden');

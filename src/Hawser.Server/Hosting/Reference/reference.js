// Renders the OpenAPI document of this server. Only text is ever put into the page, never markup from the document.
'use strict';

const element = (name, text, attributes = {}) => {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

const resolve = (spec, schema) => {
  if (!schema || !schema.$ref) return schema;
  return schema.$ref.replace('#/', '').split('/').reduce((at, key) => at && at[key], spec);
};

const typeOf = (spec, schema) => {
  if (!schema) return '';
  if (schema.$ref) return schema.$ref.split('/').pop();
  if (schema.oneOf || schema.anyOf) return (schema.oneOf || schema.anyOf).map((s) => typeOf(spec, s)).sort((a, b) => (a === 'null') - (b === 'null')).join(' or ');
  const types = [].concat(schema.type || 'any');
  types.sort((a, b) => (a === 'null') - (b === 'null'));
  return types.map((t) => (t === 'array' ? `list of ${typeOf(spec, schema.items) || 'any'}` : t)).join(' or ');
};

// The members of an object, and of what it holds, each object once.
const members = (spec, schema, title, into, seen = new Set()) => {
  const target = resolve(spec, schema);
  if (!target || seen.has(target)) return;
  seen.add(target);
  if (target.type === 'array' || (Array.isArray(target.type) && target.items)) {
    members(spec, target.items, title, into, seen);
    return;
  }
  for (const branch of target.oneOf || target.anyOf || []) members(spec, branch, title, into, seen);
  if (!target.properties) return;
  into.append(element('h3', title));
  const table = element('table');
  const inner = [];
  for (const [name, property] of Object.entries(target.properties)) {
    const row = element('tr');
    row.append(element('td', name), element('td', typeOf(spec, property)), element('td', property.description || ''));
    table.append(row);
    inner.push(property.items || property);
  }
  into.append(table);
  for (const next of inner) {
    const name = next.$ref ? next.$ref.split('/').pop() : '';
    if (name) members(spec, next, name, into, seen);
  }
};

const parametersOf = (spec, path, operation) => {
  const all = [...(path.parameters || []), ...(operation.parameters || [])].map((p) => resolve(spec, p));
  if (all.length === 0) return null;
  const table = element('table');
  for (const one of all) {
    const row = element('tr');
    row.append(element('td', one.name), element('td', one.in), element('td', one.description || ''));
    table.append(row);
  }
  return table;
};

const route = (spec, address, path, method, operation) => {
  const section = element('section', '', { id: `${method}-${address}` });
  const title = element('h2');
  title.append(element('span', method.toUpperCase(), { class: `method ${method}` }), document.createTextNode(` ${address}`));
  section.append(title, element('p', operation.summary || ''));
  if (operation.description) section.append(element('p', operation.description));
  const parameters = parametersOf(spec, path, operation);
  if (parameters) section.append(element('h3', 'Parameters'), parameters);
  for (const [type, media] of Object.entries((operation.requestBody && operation.requestBody.content) || {})) {
    members(spec, media.schema, `Reads ${type}`, section);
    const example = media.example || (media.examples && Object.values(media.examples)[0].value);
    if (example !== undefined) section.append(element('pre', JSON.stringify(example, null, 2)));
  }
  for (const [status, found] of Object.entries(operation.responses || {})) {
    const response = resolve(spec, found);
    section.append(element('h3', `Answers ${status}`), element('p', response.description || ''));
    for (const [type, media] of Object.entries(response.content || {})) {
      if (status < '300') members(spec, media.schema, type, section);
    }
  }
  return section;
};

const show = (spec) => {
  const [contents, routes] = [document.getElementById('contents'), document.getElementById('routes')];
  routes.replaceChildren();
  const groups = new Map();
  const found = [];
  for (const [address, path] of Object.entries(spec.paths)) {
    for (const method of ['get', 'post', 'put', 'patch', 'delete']) {
      const operation = path[method];
      if (!operation) continue;
      const tag = (operation.tags && operation.tags[0]) || address.split('/')[2] || address;
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push([address, path, method, operation]);
    }
  }
  for (const [tag, all] of [...groups].sort((a, b) => a[0].localeCompare(b[0]))) {
    const heading = element('h2', tag);
    const list = element('ul');
    contents.append(heading, list);
    for (const [address, path, method, operation] of all) {
      const section = route(spec, address, path, method, operation);
      const item = element('li');
      item.append(element('a', `${method.toUpperCase()} ${address}`, { href: `#${encodeURIComponent(section.id)}` }));
      list.append(item);
      routes.append(section);
      found.push({ item, section, text: `${method} ${address} ${operation.summary || ''}`.toLowerCase() });
    }
  }
  const search = document.getElementById('search');
  search.addEventListener('input', () => {
    const wanted = search.value.trim().toLowerCase();
    for (const { item, section, text } of found) item.hidden = section.hidden = !text.includes(wanted);
  });
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target) target.scrollIntoView();
};

fetch('openapi/v1.json')
  .then((response) => response.json())
  .then(show)
  .catch(() => document.getElementById('routes').replaceChildren(element('p', 'The document could not be read.')));

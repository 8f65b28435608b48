// Before anything is painted, so that a dark desk sees no white flash. A file, because the policy allows no inline code.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem('hawser-theme');
  } catch {
    // A browser without storage follows the system.
  }
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();

// What the console is built on, in words that old browsers read too: without it they would show an empty page.
(function () {
  var missing = [];
  if (!('noModule' in HTMLScriptElement.prototype)) missing.push('JavaScript modules');
  if (!('fetch' in window)) missing.push('fetch');
  if (!('EventSource' in window)) missing.push('EventSource');
  if (!('structuredClone' in window)) missing.push('structuredClone');
  if (!('at' in Array.prototype)) missing.push('Array.prototype.at');
  if (!('Intl' in window) || !('RelativeTimeFormat' in Intl)) missing.push('Intl.RelativeTimeFormat');
  if (missing.length === 0) return;
  document.addEventListener('DOMContentLoaded', function () {
    var text = document.createElement('p');
    text.setAttribute('role', 'alert');
    text.textContent = 'This browser is too old for the console; it lacks: ' + missing.join(', ')
      + '. Use a current version of Firefox, Chrome, Edge or Safari. 此浏览器版本过旧，无法使用控制台；缺少：'
      + missing.join('、') + '。请使用新版 Firefox、Chrome、Edge 或 Safari。';
    document.body.insertBefore(text, document.body.firstChild);
  });
})();

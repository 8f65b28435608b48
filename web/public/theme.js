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

// Runs before the first paint, so that nobody sees a flash of the other theme. What was chosen is kept by this browser.
(() => {
  const root = document.documentElement;
  const kept = (name) => {
    try {
      return localStorage.getItem(`dialhook-${name}`);
    } catch {
      return null;
    }
  };
  const theme = kept('theme');
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  if (kept('density') === 'dense') root.dataset.density = 'dense';
})();

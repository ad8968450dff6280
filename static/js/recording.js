// A recording is a plain link. A click plays it here instead of leaving the page; without this script the link opens.
document.addEventListener("click", (event) => {
  const poster = event.target.closest("a[data-embed]");
  if (!poster || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const player = document.createElement("iframe");
  player.src = poster.dataset.embed;
  player.title = poster.dataset.title;
  player.allow = "autoplay; fullscreen; picture-in-picture";
  player.allowFullscreen = true;
  poster.replaceWith(player);
  player.focus();
});

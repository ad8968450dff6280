/* In a post's form, shows the groups marked data-post-kinds only for the kind that is chosen. A spotlight has no choice. Without script all are shown. */
document.addEventListener("DOMContentLoaded", () => {
  const choice = document.getElementById("id_kind");
  const groups = [...document.querySelectorAll("[data-post-kinds]")].map((mark) => [mark.closest(".w-panel") || mark, mark.dataset.postKinds.split(" ")]);
  if (!groups.length) return;
  const filled = (group) => [...group.querySelectorAll("input:not([type=hidden]):not([type=checkbox]), textarea")].some((field) => field.value.trim());
  const show = () => {
    // What holds words already stays in sight, or it would be published unseen.
    for (const [group, kinds] of groups) group.hidden = !kinds.includes(choice ? choice.value : "spotlight") && !filled(group);
  };
  choice?.addEventListener("change", show);
  show();
});

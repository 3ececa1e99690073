"""Where the focus is, and whether a person sees it: asked of the browser at every stop of the Tab key."""

MOST_STOPS = 400

# How everything that can have the focus looks while it has none; taken once when a page has come.
TAKE_NOTE = """() => {
  const look = (element) => {
    const style = getComputedStyle(element);
    return ["outline", "boxShadow", "backgroundColor", "borderColor", "clipPath"].map((name) => style[name]).join();
  };
  const dressed = (element) => {
    // A box's and a radio button's drawing belongs to its label.
    const label = element.matches("[type=checkbox], [type=radio]") && element.labels[0];
    return label ? getComputedStyle(label, "::before").boxShadow + getComputedStyle(label, "::before").outline : "";
  };
  window.calm = new Map();
  window.lookOf = (element) => look(element) + dressed(element);
  const active = document.activeElement;
  for (const element of document.querySelectorAll("a, button, input, select, textarea, summary, [tabindex]")) {
    if (element !== active) window.calm.set(element, window.lookOf(element));
  }
}"""

# Which stop this is: whether it is one of the wanted, and what is wrong with it.
WHERE = """(goals) => {
  const at = document.activeElement;
  const lost = !at || at === document.body || at === document.documentElement;
  const faults = [];
  if (!lost) {
    const name = (at.id || at.textContent || at.name || at.tagName).trim().slice(0, 40);
    const drawn = at.matches("[type=checkbox], [type=radio]") && at.labels[0] ? at.labels[0] : at;
    const box = drawn.getBoundingClientRect();
    const calm = window.calm && window.calm.get(at);
    if (calm !== undefined && window.lookOf(at) === calm) faults.push(`the focus is not seen on ${name}`);
    if (box.width < 2 || box.height < 2) faults.push(`the focus is on something without a size: ${name}`);
    else if (box.bottom < 0 || box.top > innerHeight || box.right < 0 || box.left > innerWidth)
      faults.push(`the focus is outside the window: ${name}`);
  }
  return { lost, faults, reached: Boolean(goals) && goals.includes(at) };
}"""

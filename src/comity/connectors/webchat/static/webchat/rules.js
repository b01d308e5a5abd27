// On which pages the launcher stands, and when it says the first word. Pure.

// `pages` and `notPages` are addresses as people write them: /shop/*, https://shop.example/*, *checkout*. An empty list of
// pages means all; a page that both name stays without.
export function isWanted({ rules = {}, promise = {} }, address) {
  if (rules.only_in_hours && promise.state === "closed") return false;
  if ((rules.not_pages ?? []).some((pattern) => isPage(pattern, address))) return false;
  const pages = rules.pages ?? [];
  return pages.length === 0 || pages.some((pattern) => isPage(pattern, address));
}

export function isPage(pattern, address) {
  const wanted = pattern.trim();
  if (!wanted) return false;
  const { origin, pathname, search, hash } = new URL(address);
  const parts = wanted.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const isLike = new RegExp(`^${parts.join(".*")}$`, "i");
  return ["", origin].some((house) => [pathname, pathname + search, pathname + search + hash].some((path) => isLike.test(house + path)));
}

// The part of the day that a greeting names.
export function partOfDay(hour) {
  if (hour >= 5 && hour < 12) return "morning";
  if (hour >= 12 && hour < 18) return "afternoon";
  return "evening";
}

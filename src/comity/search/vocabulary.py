"""How alike two words are, for what people type a little differently."""

PAD = "_"


def grams_of(word: str) -> list[str]:
    """Return the groups of three letters of a word, its beginning and end included."""
    padded = f"{PAD}{PAD}{word}{PAD}"
    return list(dict.fromkeys(padded[place : place + 3] for place in range(len(padded) - 2)))


def inner_grams(word: str) -> list[str]:
    """Return the groups of three letters that a longer word has too when it contains this one."""
    return list(dict.fromkeys(word[place : place + 3] for place in range(len(word) - 2)))


def distance(one: str, other: str, *, most: int) -> int:
    """Return how many letters must be changed, added, left out or swapped; more than `most` is `most` + 1."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before, last = [0] * (len(other) + 1), list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        this = [row]
        for column, against in enumerate(other, 1):
            cost = min(last[column] + 1, this[-1] + 1, last[column - 1] + (letter != against))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against:
                cost = min(cost, before[column - 2] + 1)
            this.append(cost)
        if min(this) > most:
            return most + 1
        before, last = last, this
    return last[-1]


def allowed_distance(word: str) -> int:
    """Return how far a typo may be away: nothing for short words, where everything is near everything."""
    return 0 if len(word) < 4 else 1 if len(word) < 7 else 2

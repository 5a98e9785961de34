//! Suggestions of similar names.

/// Returns the candidate that `name` was most probably meant to be, if one is similar enough.
#[must_use]
pub fn similar<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    similar_among(name, &mut candidates.into_iter())
}

/// The same, compiled once for all kinds of iterators.
fn similar_among<'a>(name: &str, candidates: &mut dyn Iterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(name);
    candidates
        .filter_map(|candidate| {
            let allowed = folded.len().max(candidate.chars().count()) / 3;
            let other = fold(candidate);
            // The distance is at least the difference of the lengths, so most candidates are not compared.
            if folded.len().abs_diff(other.len()) > allowed {
                return None;
            }
            let distance = distance(&folded, &other);
            (distance <= allowed).then_some((distance, candidate))
        })
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// Keeps only letters and digits, in lower case: `create_user` and `createUser` are the same word.
fn fold(name: &str) -> Vec<char> {
    name.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .take(128)
        .collect()
}

/// Damerau–Levenshtein distance with adjacent transpositions.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    for (row, &from) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, &to) in right.iter().enumerate() {
            let mut best = (previous[column] + usize::from(from != to))
                .min(previous[column + 1] + 1)
                .min(current[column] + 1);
            if row > 0 && column > 0 && from == right[column - 1] && left[row - 1] == to {
                best = best.min(before[column - 1] + 1);
            }
            current.push(best);
        }
        before = std::mem::replace(&mut previous, current);
    }
    previous.last().copied().unwrap_or(left.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let names = ["createUser", "createTotp", "authenticateTotp"];
        assert_eq!(similar("createUsr", names), Some("createUser"));
        assert_eq!(similar("create_user", names), Some("createUser"));
        assert_eq!(similar("cretaeTotp", names), Some("createTotp"));
        assert_eq!(similar("deleteEverything", names), None);
    }

    #[test]
    fn a_transposition_is_one_edit() {
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        assert_eq!(distance(&letters("ab"), &letters("ba")), 1);
        assert_eq!(distance(&letters("kitten"), &letters("sitting")), 3);
        assert_eq!(distance(&letters(""), &letters("abc")), 3);
    }
}

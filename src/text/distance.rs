//! How far two rows of characters lie apart, and where in one of them the other stands.

/// How many characters have to be changed, put in, taken out or swapped with their neighbour to make `b` of `a`; `None`
/// where that is more than `most`. The work grows with the length times the distance.
pub(super) fn distance(a: &[char], b: &[char], most: usize) -> Option<usize> {
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[head..], &b[head..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - tail], &b[..b.len() - tail]);
    let mut band = 8;
    loop {
        let here = band.min(most);
        if let Some(found) = within(a, b, here) {
            return Some(found);
        }
        if here == most {
            return None;
        }
        band *= 2;
    }
}

/// As [`distance`], looking only at a band of `most` on both sides of the diagonal.
fn within(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let width = 2 * most + 1;
    let far = usize::MAX / 2;
    // In each row, `k` stands for the column `row + k - most`.
    let column = |row: usize, k: usize| (row + k).checked_sub(most).filter(|&j| j <= b.len());
    let (mut older, mut old, mut new) = (vec![far; width], vec![far; width], vec![far; width]);
    for (k, cell) in old.iter_mut().enumerate() {
        *cell = column(0, k).unwrap_or(far);
    }
    for i in 1..=a.len() {
        let mut least = far;
        for k in 0..width {
            let Some(j) = column(i, k) else {
                new[k] = far;
                continue;
            };
            let mut best = old.get(k + 1).map_or(far, |d| d + 1);
            if j > 0 {
                best = best.min(old[k] + usize::from(a[i - 1] != b[j - 1]));
                if k > 0 {
                    best = best.min(new[k - 1] + 1);
                }
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    best = best.min(older[k] + 1);
                }
            }
            new[k] = best;
            least = least.min(best);
        }
        if least > most {
            return None;
        }
        std::mem::swap(&mut older, &mut old);
        std::mem::swap(&mut old, &mut new);
    }
    let found = old[b.len() + most - a.len()];
    (found <= most).then_some(found)
}

/// How far `pattern` lies apart from that beginning of `text` which is nearest to it.
pub(super) fn distance_to_beginning(pattern: &[char], text: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=text.len()).collect();
    for (i, p) in pattern.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, t) in text.iter().enumerate() {
            let best = (diagonal + usize::from(p != t)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], best);
        }
    }
    row.into_iter().min().unwrap_or(pattern.len())
}

/// Lays the whole of `pattern` where it fits best into `text`, and says where in `text` the places `start` and `end` of
/// the pattern come to lie; what stands in `text` alone, at one of them, is left outside. Asks for memory and time by
/// the product of the lengths: both are a few hundred characters long.
pub(super) fn lay(pattern: &[char], text: &[char], start: usize, end: usize) -> (usize, usize) {
    let width = text.len() + 1;
    let mut cells = vec![0u32; (pattern.len() + 1) * width];
    for i in 1..=pattern.len() {
        cells[i * width] = i as u32;
        for j in 1..width {
            let through = cells[(i - 1) * width + j - 1] + u32::from(pattern[i - 1] != text[j - 1]);
            let aside = cells[(i - 1) * width + j].min(cells[i * width + j - 1]) + 1;
            cells[i * width + j] = through.min(aside);
        }
    }
    let last = pattern.len() * width;
    let mut j = (0..width).min_by_key(|j| cells[last + j]).unwrap_or(0);
    let mut i = pattern.len();
    // Backwards: the first place seen in the row of the start is the rightmost, the last one in that of the end the
    // leftmost.
    let (mut from, mut to) = (None, j);
    loop {
        if i == start {
            from.get_or_insert(j);
        }
        if i == end {
            to = j;
        }
        if i == 0 {
            break;
        }
        let here = cells[i * width + j];
        let same = j > 0 && pattern[i - 1] == text[j - 1];
        if j > 0 && here == cells[(i - 1) * width + j - 1] + u32::from(!same) {
            (i, j) = (i - 1, j - 1);
        } else if here == cells[(i - 1) * width + j] + 1 {
            i -= 1;
        } else {
            j -= 1;
        }
    }
    (from.unwrap_or(j), to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn distances() {
        for (a, b, wanted) in [
            ("", "", 0),
            ("", "abc", 3),
            ("purge", "purge", 0),
            ("purge", "pruge", 1),
            ("teh", "the", 1),
            ("kitten", "sitting", 3),
            ("abcdefghijklmnop", "qrstuvwxyz", 16),
        ] {
            assert_eq!(distance(&chars(a), &chars(b), 99), Some(wanted), "{a} {b}");
            assert_eq!(distance(&chars(b), &chars(a), 99), Some(wanted), "{b} {a}");
            assert_eq!(distance(&chars(a), &chars(b), wanted), Some(wanted));
            if wanted > 0 {
                assert_eq!(distance(&chars(a), &chars(b), wanted - 1), None);
            }
        }
    }

    #[test]
    fn a_beginning_need_not_be_the_whole() {
        for (pattern, text, wanted) in [("abc", "abcdef", 0), ("abc", "axbcdef", 1), ("abc", "", 3), ("", "abc", 0)] {
            assert_eq!(distance_to_beginning(&chars(pattern), &chars(text)), wanted, "{pattern} {text}");
        }
    }

    #[test]
    fn a_pattern_is_laid_where_it_fits() {
        for (before, words, after, text, wanted) in [
            ("this is a ", "purge", " of them", "so this is a prge of them.", "prge"),
            ("this is a ", "purge", " of them", "this is a big purge, all of them.", "purge"),
            ("this is a ", "purge", " of them", "this is a  of them.", ""),
            ("", "purge", "", "a purge", "purge"),
        ] {
            let pattern = chars(&format!("{before}{words}{after}"));
            let start = before.chars().count();
            let text = chars(text);
            let (from, to) = lay(&pattern, &text, start, start + words.chars().count());
            assert_eq!(text[from.min(to)..to].iter().collect::<String>(), wanted);
        }
    }
}

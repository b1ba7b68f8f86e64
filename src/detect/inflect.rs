//! The forms of regular English words.

/// `purge` → `purges`, `purged`, `purging`.
pub(super) fn verb(base: &str) -> Vec<String> {
    let third = s_form(base);
    let (past, ing) = if let Some(stem) = base.strip_suffix("ie") {
        (format!("{base}d"), format!("{stem}ying"))
    } else if base.ends_with('e') && !base.ends_with("ee") {
        (format!("{base}d"), format!("{}ing", &base[..base.len() - 1]))
    } else if base.ends_with("ee") {
        (format!("{base}d"), format!("{base}ing"))
    } else if let Some(stem) = base.strip_suffix('y').filter(|s| ends_in_consonant(s)) {
        (format!("{stem}ied"), format!("{base}ing"))
    } else if doubles(base) {
        let last = &base[base.len() - 1..];
        (format!("{base}{last}ed"), format!("{base}{last}ing"))
    } else {
        (format!("{base}ed"), format!("{base}ing"))
    };
    vec![third, past, ing]
}

/// `witch` → `witches`.
pub(super) fn plural(base: &str) -> String {
    s_form(base)
}

fn s_form(base: &str) -> String {
    if let Some(stem) = base.strip_suffix('y').filter(|s| ends_in_consonant(s)) {
        return format!("{stem}ies");
    }
    let hisses = ["s", "x", "z", "ch", "sh"].iter().any(|e| base.ends_with(e));
    if hisses { format!("{base}es") } else { format!("{base}s") }
}

fn vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u')
}

fn ends_in_consonant(word: &str) -> bool {
    word.chars().next_back().is_some_and(|c| !vowel(c))
}

/// One syllable that ends consonant, vowel, consonant: `ban` → `banned`.
fn doubles(base: &str) -> bool {
    if !base.is_ascii() {
        return false;
    }
    let tail: Vec<char> = base.chars().rev().take(3).collect();
    let [last, middle, first] = tail[..] else { return false };
    let syllables = base.chars().zip(base.chars().skip(1)).filter(|(a, b)| vowel(*a) && !vowel(*b)).count();
    syllables == 1 && vowel(middle) && !vowel(first) && !vowel(last) && !matches!(last, 'w' | 'x' | 'y')
}

#[cfg(test)]
mod tests {
    #[test]
    fn regular_forms() {
        for (base, want) in [
            ("purge", ["purges", "purged", "purging"]),
            ("ban", ["bans", "banned", "banning"]),
            ("crush", ["crushes", "crushed", "crushing"]),
            ("vilify", ["vilifies", "vilified", "vilifying"]),
            ("target", ["targets", "targeted", "targeting"]),
            ("die", ["dies", "died", "dying"]),
        ] {
            assert_eq!(super::verb(base), want);
        }
        assert_eq!(super::plural("witch"), "witches");
        assert_eq!(super::plural("enemy"), "enemies");
    }
}

//! Limits of the work: catastrophic and large patterns on long texts.

mod random;

use std::time::{Duration, Instant};

use arazzo_pattern::Pattern;

/// Far above what a debug build needs, so that a busy machine does not fail the test.
const QUICK: Duration = Duration::from_secs(3);

/// So many letters `a` and `b` that no two places look the same.
fn mixed() -> String {
    let mut random = random::Random::new(1);
    (0..100_000).map(|_| random.of(&['a', 'b'])).collect()
}

#[test]
fn catastrophic_patterns_return_quickly() {
    let patterns = [
        "(a+)+$",
        "(a|a)*b",
        "(?=(a+)+b)",
        r"(\w+\s?)*$",
        r"(.*)*\1x",
        // Not regular, so that the search goes back.
        r"(a+)+\1b",
        "(?:a|a)*(?!b)c",
        r"(a*)(a*)(a*)\1\2\3b",
        "(?:(?=a*b)a)*c",
        "a(?!a*b)c(?=d)e",
        "(?:(?<=(?:a|aa)*)a)+(?!c)b",
        // Regular, with many states.
        "[ab]*a[ab]{1000}c",
        "(?:[ab]{1,100}a){1,50}c",
        r"(?i)(\w+)\s\1$",
        "(?-u)(?:.|..)*😀",
    ];
    let mixed = mixed();
    // A pattern that needs a `b` or a `c` is not ruled out at once.
    let ending = "xbcxb😀";
    let lengths = [30, 1_000, 20_000, 100_000];
    let texts: Vec<String> = lengths
        .into_iter()
        .flat_map(|length| ["a".repeat(length), "aé ".repeat(length / 3), mixed[..length].to_owned()])
        .flat_map(|text| [format!("{text}{ending}"), text])
        .collect();
    for pattern in patterns {
        let compiled = Pattern::new(pattern).unwrap();
        for text in &texts {
            let start = Instant::now();
            let result = compiled.is_found(text);
            let time = start.elapsed();
            assert!(time < QUICK, "{pattern} on {} bytes: {time:?}, {result:?}", text.len());
        }
    }
}

#[test]
fn a_stopped_search_says_so() {
    let text = format!("{}xbc", "a".repeat(60));
    let error = Pattern::new(r"(a+)+\1bc").unwrap().is_found(&text).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the pattern needs more than 262144 backtracking steps on this text"
    );
    let error = Pattern::new("[ab]*a[ab]{1000}c")
        .unwrap()
        .is_found(&mixed())
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the pattern needs more than 4194304 steps on this text"
    );
}

#[test]
fn common_patterns_run_on_long_texts() {
    let text = format!("{}\nid: 'x1'\n", "word, 12 -- ".repeat(8_000));
    for (pattern, expected) in [
        (r"(?m)^id: '(\w+)'$", true),
        (r"\bid\b", true),
        (r"(?i)\bID\b", true),
        (r"(?<!\d)\d{2}(?!\d)", true),
        (r"(?<![\w-])x1(?![\w-])", true),
        (r"(['\x22])x1\1", true),
        (r"(\w)\1\1", false),
        (r"^(?=.*word)(?!.*none)word", true),
        (r"^(?:(?!--)[^]){9}$", false),
        (r"12(?! --)", false),
    ] {
        assert_eq!(
            Pattern::new(pattern).unwrap().is_found(&text),
            Ok(expected),
            "{pattern}"
        );
    }
}

#[test]
fn large_patterns_are_refused() {
    let nested = |start: &str, depth: usize| format!("{}a{}", start.repeat(depth), ")".repeat(depth));
    for pattern in [
        "(".repeat(100_000),
        nested("(", 100_000),
        nested("(?:", 100_000),
        nested("(?=", 250),
        nested("(", 250),
        format!("{}c{}", "(?:a|b".repeat(64), ")+".repeat(64)),
        "[".repeat(100_000),
        "a{1000000}".to_owned(),
        "((a{1,1000}){1,1000}){1,1000}".to_owned(),
        "(?:(?:a?(?!b)){0,999999999}){0,999999999}".to_owned(),
        r"\p{L}{1000}".to_owned(),
        r"(?!\p{L}{1000}a)b".repeat(2),
        "a|".repeat(100_000),
        r"[\p{L}]".repeat(10_000),
        "(a)".repeat(2_000),
        format!("{}{}{}", "(?:".repeat(60), "a?|".repeat(25_000), ")*".repeat(60)),
    ] {
        let start: String = pattern.chars().take(20).collect();
        assert!(Pattern::new(&pattern).is_err(), "{start}");
    }
    for pattern in [
        nested("(", 64),
        nested("(?:a|", 30),
        format!("{}c{}", "(?:a|b".repeat(20), ")+".repeat(20)),
        format!("{}c{}\\1", "(a|b".repeat(20), ")?".repeat(20)),
        r"^\p{L}{1,255}$".to_owned(),
        r"^.{1,5000}$".to_owned(),
        "abcdefghij|".repeat(1_000),
    ] {
        assert!(Pattern::new(&pattern).is_ok(), "{:?}", Pattern::new(&pattern));
    }
}

#[test]
fn patterns_can_be_shared() {
    fn is_shared<T: Clone + std::fmt::Debug + Send + Sync + 'static>(_: &T) {}
    let pattern = Pattern::new(r"(?i-u)(a)\1").unwrap();
    is_shared(&pattern);
    assert_eq!(format!("{pattern:?}"), r#"Pattern("(?i-u)(a)\\1")"#);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(pattern.clone().is_found("xaA"), Ok(true)));
        }
    });
}

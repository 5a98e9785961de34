//! Cases derived by hand from ECMA-262 (2024), with the section of each.

use arazzo_pattern::Pattern;

/// Section, pattern, texts in which it is found, texts in which it is not.
type Case = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const CASES: &[Case] = &[
    // Patterns are searched, and see code points with the flag `u` and code units without.
    ("22.2.2.2", "", &["", "a"], &[]),
    ("22.2.2.2", "b", &["abc"], &["", "B"]),
    ("22.2.2.1", "^.$", &["a", "😀"], &["", "ab"]),
    ("22.2.2.1", "(?-u)^.$", &["a"], &["😀"]),
    ("22.2.2.1", "(?-u)^..$", &["ab", "😀"], &["a😀"]),
    ("22.2.2.1", "(?-u)^[^a]{2}$", &["😀", "éé"], &["é"]),
    ("22.2.2.1", "(?-u)😀+", &["😀"], &["\u{10D83D}"]),
    ("22.2.2.1", r"(?-u)^\ud83d", &["😀", "😁"], &["a"]),
    ("22.2.2.1", "(?-u)^[😀]$", &[], &["😀"]),
    ("22.2.2.1", r"(?-u)^[\ud800-\udfff]{2}$", &["😀"], &["ab"]),
    ("22.2.2.1", r"(?-u)\W", &["😀"], &["a"]),
    // Flags before the pattern.
    ("22.2.2.1", "(?i)B", &["abc"], &[]),
    ("22.2.2.1", "(?s)a.b", &["a\nb"], &[]),
    ("22.2.2.1", "(?im)^B$", &["a\nb"], &["ab"]),
    ("22.2.2.1", "(?i-u)^A$", &["a"], &["b"]),
    // Disjunction and alternatives.
    (
        "22.2.2.3",
        "^(?:a|ab)(?:c|bcd)(?:d*)$",
        &["abcd", "acd", "abcdd"],
        &["abbcc"],
    ),
    ("22.2.2.3", "^(?:|a)b$", &["b", "ab"], &["aab"]),
    // Quantifiers.
    ("22.2.2.3.1", "^a{2}$", &["aa"], &["a", "aaa"]),
    ("22.2.2.3.1", "^a{2,}$", &["aa", "aaaa"], &["a"]),
    ("22.2.2.3.1", "^a{1,2}$", &["a", "aa"], &["", "aaa"]),
    ("22.2.2.3.1", "^a{0}b$", &["b"], &["ab"]),
    ("22.2.2.3.1", "^a+?b??$", &["a", "aab"], &["b"]),
    ("22.2.2.3.1", "^(?:a{2})*$", &["", "aaaa"], &["aaa"]),
    ("22.2.2.3.1", "^(?:(?:a+)+|b)+.$", &["aaaaa", "ab"], &["a"]),
    // After the minimum an iteration is not empty, so the group does not become empty.
    ("22.2.2.3.1", r"^(a*)*b\1$", &["aabaa", "aaba", "b"], &["aab"]),
    ("22.2.2.3.1", r"^(?:(a)?)?b\1$", &["aba", "b"], &["ab"]),
    // Each iteration starts with unset groups.
    ("22.2.2.3.1", r"^(?:\1(a))*$", &["aa", ""], &["b"]),
    ("22.2.2.3.1", r"^(?:(a*)b)+\1$", &["aabaa", "aabb"], &["aab"]),
    // Assertions.
    ("22.2.2.4", "^a$", &["a"], &["a\n", "\na"]),
    (
        "22.2.2.4",
        "(?m)^a$",
        &["a\n", "b\na", "\ra\u{2028}", "\u{2029}a\r"],
        &["ba", "a\u{85}b"],
    ),
    ("22.2.2.4", "(?m)a$\n^b", &["a\nb"], &["ab"]),
    ("22.2.2.4", "(?m)^$", &["", "a\n", "\r\n"], &["a"]),
    ("22.2.2.4", r"\ba\b", &["a", "b a-", "éaé"], &["ab", "_a", "a0"]),
    ("22.2.2.4", r"\Ba", &["ba", "_a"], &["a", "éa", "-a"]),
    ("22.2.2.4", r"^\B$", &[""], &["a"]),
    ("22.2.2.4", r"\B😀\B", &["😀"], &["a😀"]),
    ("22.2.2.4", r"[^\0-\x7F]|x?\B", &["sſ_", "ab"], &["s", "s-s"]),
    ("22.2.2.4", r"(?i)\bſ\b", &["s", "-ſ-"], &["aſ", "ſK"]),
    ("22.2.2.4", r"(?i-u)é\b", &["éa"], &["éſ"]),
    ("22.2.2.4", "a(?=b)", &["ab"], &["ac", "a"]),
    ("22.2.2.4", "a(?!b)", &["ac", "a"], &["ab"]),
    ("22.2.2.4", "(?=a)b", &[], &["ab"]),
    ("22.2.2.4", "(?<=a)b", &["ab"], &["b", "cb"]),
    ("22.2.2.4", "(?<!a)b", &["b", "cb"], &["ab"]),
    ("22.2.2.4", "x(?<=a+x)y", &["aaxy"], &["xy"]),
    ("22.2.2.4", "(?<=^|,)x(?!y|$)", &["xa", ",xa"], &["axa", ",x"]),
    (
        "22.2.2.4",
        r"^(?=.*[A-Z])(?=.*\d)(?!.*--).{4,}$",
        &["aB3d"],
        &["ab3d", "aBcd", "aB3", "aB3--"],
    ),
    ("22.2.2.4", r"^\w+(?<!_)$", &["ab"], &["ab_"]),
    ("22.2.2.4", "(?!)", &[], &["", "a"]),
    ("22.2.2.4", "a(?!)|b(?=)", &["b"], &["a"]),
    // What a look-ahead has matched is fixed.
    ("22.2.2.4", r"(?=(a+))a*b\1", &["aaba"], &["b"]),
    ("22.2.2.4", r"^(?=(a+))\1b", &["aab", "ab"], &["ba"]),
    ("22.2.2.4", r"^(?!(a))b\1$", &["b"], &["ba"]),
    // Annex B: a quantified look-ahead.
    ("B.1.2", "(?-u)^(?=a)*b", &["b"], &["ab"]),
    ("B.1.2", "(?-u)^(?=a)+a", &["a"], &["b"]),
    ("B.1.2", r"(?-u)^(?:(?=(a)))?a\1$", &["a"], &["aa"]),
    // Sets of characters.
    (
        "22.2.2.7",
        "^.$",
        &["a", "\u{85}", "\u{B}"],
        &["\n", "\r", "\u{2028}", "\u{2029}"],
    ),
    ("22.2.2.7", "(?s)^.$", &["\n", "\r", "\u{2028}", "\u{2029}"], &[]),
    ("22.2.2.9", r"^\d$", &["0", "9"], &["a", "٣"]),
    ("22.2.2.9", r"^\D$", &["a", "٣"], &["0"]),
    ("22.2.2.9", r"^\w$", &["a", "Z", "0", "_"], &["é", "-", "ſ"]),
    ("22.2.2.9", r"^\W$", &["é", "-", "ſ"], &["a"]),
    (
        "22.2.2.9",
        r"^\s$",
        &[
            "\t", "\u{B}", "\u{C}", " ", "\u{A0}", "\u{FEFF}", "\u{2028}", "\u{3000}",
        ],
        &["\u{85}", "\u{200B}", "\u{180E}"],
    ),
    ("22.2.2.9", r"^\S$", &["\u{85}", "a"], &["\u{FEFF}"]),
    ("22.2.2.9", r"(?i)^\w$", &["ſ", "\u{212A}"], &["é"]),
    ("22.2.2.9", r"(?i)^\W$", &["é"], &["ſ", "s", "\u{212A}"]),
    // `\W` in a class is the complement of the word characters, which have U+017F here.
    ("22.2.2.9", r"(?i)^[\W]$", &["é"], &["ſ", "s", "k"]),
    ("22.2.2.9", r"(?i)^[^\W]$", &["ſ", "s", "k"], &["é"]),
    ("22.2.2.9", r"(?i-u)^[\W]$", &["ſ", "\u{212A}"], &["s", "k"]),
    ("22.2.2.8", "[]", &[], &["", "a", "]"]),
    ("22.2.2.8", "^[^]$", &["a", "\n", "😀"], &[""]),
    ("22.2.2.8", "^[a-c]$", &["b"], &["d", "-"]),
    ("22.2.2.8", "^[-a]$", &["-", "a"], &["b"]),
    ("22.2.2.8", "^[a-]$", &["-", "a"], &["b"]),
    ("22.2.2.8", "^[+--]$", &["+", ",", "-"], &["."]),
    ("22.2.2.8", "^[--0]$", &["-", ".", "/", "0"], &["1"]),
    ("22.2.2.8", r"^[\b]$", &["\u{8}"], &["b"]),
    ("22.2.2.8", r"^[\-\]\^\\]$", &["-", "]", "^", "\\"], &["a"]),
    // Nothing in a class is an operator.
    ("22.2.2.8", "^[[a]$", &["[", "a"], &["]"]),
    ("22.2.2.8", "^[a&&b]$", &["a", "&", "b"], &["-"]),
    ("22.2.2.8", "^[a~~b]$", &["~"], &["-"]),
    ("22.2.2.8", "(?-u)^[[:alpha:]]$", &["a]", ":]"], &["b", "a"]),
    ("22.2.2.8", "^[(|)*.$]$", &["(", "|", "*", ".", "$"], &["a"]),
    ("22.2.2.8", r"^[\d-]$", &["5", "-"], &["a"]),
    ("B.1.2", r"(?-u)^[\w-.]$", &["a", "-", "."], &["/"]),
    ("B.1.2", r"(?-u)^[a-\d]$", &["a", "-", "5"], &["b"]),
    // Escapes.
    ("22.2.2.7", r"^\t\n\v\f\r\0$", &["\t\n\u{B}\u{C}\r\0"], &["t"]),
    ("22.2.2.7", r"^\cA\cz$", &["\u{1}\u{1A}"], &["A"]),
    ("22.2.2.7", r"^\x41\u0042\u{43}\u{1F600}$", &["ABC😀"], &["abc😀"]),
    ("22.2.2.7", r"^\ud83d\ude00$", &["😀"], &["a"]),
    ("22.2.2.7", r"^[\ud83d\ude00]$", &["😀"], &["a"]),
    // A lone surrogate is in no Rust text.
    ("22.2.2.7", r"^\ud83d?[^\ude00]$", &["a", "😀"], &[""]),
    (
        "22.2.2.7",
        r"^\^\$\\\.\*\+\?\(\)\[\]\{\}\|\/$",
        &[r"^$\.*+?()[]{}|/"],
        &["a"],
    ),
    ("22.2.2.7", "^#-&~ \"'`<>@!%,:;=_/$", &["#-&~ \"'`<>@!%,:;=_/"], &["#"]),
    ("22.2.2.7", "^a\n$", &["a\n"], &["a"]),
    ("B.1.2", r"(?-u)^\u{3}$", &["uuu"], &["\u{3}"]),
    ("B.1.2", r"(?-u)^\a\-\_\x6\u006\é$", &["a-_x6u006é"], &["\u{7}"]),
    ("B.1.2", r"(?-u)^\8\9$", &["89"], &["8"]),
    ("B.1.2", r"(?-u)^\1\07\101\400$", &["\u{1}\u{7}A 0"], &["1"]),
    ("B.1.2", r"(?-u)^(a)\1\2$", &["aa\u{2}"], &["aa2"]),
    ("B.1.2", r"(?-u)^\c\c1$", &["\\c\\c1"], &["c"]),
    ("B.1.2", r"(?-u)^[\c1\c_\c]$", &["\u{11}", "\u{1F}", "\\", "c"], &["1"]),
    ("B.1.2", r"(?-u)^[\12\8\B]$", &["\n", "8", "B"], &["1"]),
    ("B.1.2", r"(?-u)^\k<n>\p{L}$", &["k<n>p{L}"], &["a"]),
    ("B.1.2", "(?-u)^{id}]{,2}x{a}{1$", &["{id}]{,2}x{a}{1"], &["id"]),
    // Properties.
    ("22.2.2.9", r"^\p{L}+$", &["aé中"], &["a1"]),
    (
        "22.2.2.9",
        r"^\p{General_Category=Uppercase_Letter}\p{gc=Lu}\p{Lu}$",
        &["AÉΣ"],
        &["aé"],
    ),
    ("22.2.2.9", r"^\p{Script=Greek}\p{sc=Grek}$", &["αβ"], &["ab"]),
    (
        "22.2.2.9",
        r"^\p{scx=Deva}\p{Script_Extensions=Devanagari}$",
        &["क\u{964}"],
        &["aa"],
    ),
    ("22.2.2.9", r"^\p{sc=Deva}$", &["क"], &["\u{964}"]),
    (
        "22.2.2.9",
        r"^\p{Alphabetic}\p{AHex}\p{White_Space}\p{Any}\p{ASCII}$",
        &["aF 中a"],
        &["aG 中a"],
    ),
    ("22.2.2.9", r"^[\P{Lu}\d]$", &["a", "1"], &["A"]),
    ("22.2.2.9", r"^\p{Zl}\p{Zp}$", &["\u{2028}\u{2029}"], &["ab"]),
    ("22.2.2.9", r"\p{Cs}", &[], &["a", "😀"]),
    ("22.2.2.9", r"(?i)^\p{Lu}$", &["a", "A"], &["1"]),
    ("22.2.2.9", r"(?i)^\P{Lu}$", &["a", "A"], &[]),
    ("22.2.2.9", r"(?i)^[^\P{Lu}]$", &[], &["a", "A"]),
    // Case.
    ("22.2.2.7.3", "(?i)^straße$", &["STRAßE", "straẞe"], &["STRASSE"]),
    ("22.2.2.7.3", "(?i)^[a-z]$", &["A", "ſ", "\u{212A}"], &["É"]),
    ("22.2.2.7.3", "(?i)^[^x]$", &["y"], &["X", "x"]),
    ("22.2.2.7.3", "(?i)^σ$", &["Σ", "ς"], &["s"]),
    ("22.2.2.7.3", "(?i)^İ$", &["İ"], &["i"]),
    ("22.2.2.7.3", "(?i-u)^s$", &["S"], &["ſ"]),
    ("22.2.2.7.3", "(?i-u)^[a-z]$", &["A"], &["ſ", "\u{212A}"]),
    ("22.2.2.7.3", "(?i-u)^ſ$", &["ſ"], &["s", "S"]),
    ("22.2.2.7.3", "(?i-u)^[σé]$", &["Σ", "ς", "É"], &["s"]),
    ("22.2.2.7.3", "(?i-u)^ß$", &["ß"], &["ẞ", "ss"]),
    ("22.2.2.7.3", "(?i-u)^ǆ$", &["Ǆ", "ǅ"], &["dž"]),
    // Modifiers (2025).
    ("22.2.2.7", "^a(?i:b)c$", &["abc", "aBc"], &["Abc", "abC"]),
    ("22.2.2.7", "(?i)^a(?-i:b)c$", &["AbC"], &["aBc"]),
    ("22.2.2.7", "^(?s:.).(?m-s:$)", &["\na\nb"], &["\n\n"]),
    // Back-references.
    ("22.2.2.7.2", r"^(a+)b\1$", &["aabaa"], &["aaba"]),
    ("22.2.2.7.2", r"^(?<q>['ʼ]).\k<q>$", &["'a'", "ʼaʼ"], &["'aʼ"]),
    ("22.2.2.7.2", r"^\k<n>(?<n>a)$", &["a"], &["aa"]),
    ("22.2.2.7.2", r"^(?<\u{e9}$_1>a)\k<é$_1>$", &["aa"], &["a"]),
    ("22.2.2.7.2", r"(?-u)^(?<𝒜>a)\k<𝒜>$", &["aa"], &["a"]),
    ("22.2.2.7.2", r"^(?:(a)|b)\1c$", &["aac", "bc"], &["ac"]),
    ("22.2.2.7.2", r"^(a\1)$", &["a"], &["aa"]),
    ("22.2.2.7.2", r"^\1(a)\1$", &["aa"], &["aaa"]),
    ("22.2.2.7.2", r"^(?:(a)|\1b)$", &["a", "b"], &["ab"]),
    ("22.2.2.7.2", r"^(?<!(a))\1b$", &["b"], &["ab"]),
    ("22.2.2.7.2", r"(?i)^(ß)\1$", &["ßẞ", "ẞß"], &["ßs"]),
    ("22.2.2.7.2", r"(?i)^(k)\1$", &["kK", "K\u{212A}", "\u{212A}k"], &["ks"]),
    (
        "22.2.2.7.2",
        r"(?i-u)^(.)\1$",
        &["kK", "σς", "éÉ"],
        &["k\u{212A}", "sſ"],
    ),
    ("22.2.2.7.2", r"(?-u)^(.)(.)\1\2$", &["😀😀", "abab"], &["😀😁"]),
    ("22.2.2.7.2", r"^(?:(?<n>a)|(?<n>b))\k<n>$", &["aa", "bb"], &["ab"]),
    // In a look-behind, the right part is matched first.
    ("22.2.2.7.2", r"^ab(?<=(a)\1b)$", &["ab"], &["aab"]),
    ("22.2.2.7.2", r"(?<=([ab])(.))c\2\1$", &["abcba"], &["abcab"]),
];

/// Patterns that are not valid, with a part of the reason.
const INVALID: &[(&str, &str)] = &[
    ("(", "unclosed group"),
    ("a)", "unmatched `)`"),
    ("[a", "unclosed class"),
    ("a**", "nothing to repeat"),
    ("?a", "nothing to repeat"),
    ("^*", "cannot follow an assertion"),
    (r"(?-u)\b+", "cannot follow an assertion"),
    ("(?=a)*", "cannot follow an assertion"),
    ("(?-u)(?<=a)*", "cannot follow an assertion"),
    ("a{2,1}", "out of order"),
    ("[b-a]", "out of order"),
    ("[a--b]", "out of order"),
    ("(?-u)[😀-😁]", "out of order"),
    (r"[\w-.]", "cannot start or end with a class"),
    ("{id}", "unescaped `{`"),
    ("a{,2}", "unescaped `{`"),
    ("a}", "unescaped `}`"),
    ("a]", "unescaped `]`"),
    ("(?-u){2}", "nothing to repeat"),
    ("(?-u)a{2}{3}", "nothing to repeat"),
    ("a\\", "cannot end in"),
    (r"\-", r"invalid escape `\-`"),
    (r"\a", r"invalid escape `\a`"),
    (r"\x6", r"invalid escape `\x`"),
    (r"\u{110000}", r"invalid escape `\u`"),
    (r"\u+017F", r"invalid escape `\u`"),
    (r"\01", r"invalid escape `\0`"),
    (r"\c1", r"invalid escape `\c`"),
    (r"[\B]", r"invalid escape `\B`"),
    (r"[\1]", r"invalid escape `\1`"),
    (r"(?-u)(?<n>a)[\k]", r"invalid escape `\k`"),
    (r"\1", "missing group 1"),
    (r"(a)\2", "missing group 2"),
    (r"\k<n>", "missing group `n`"),
    (r"(?-u)(?<n>a)\k", "invalid group name"),
    ("(?<1>a)", "invalid group name"),
    ("(?<>a)", "invalid group name"),
    ("(?<n>a)(?<n>b)", "duplicate group name `n`"),
    (r"(?:(?<n>x)|b)(?:c|(?<n>y))", "duplicate group name `n`"),
    ("(?P<n>a)", "unknown kind of group"),
    ("(?>a)", "unknown kind of group"),
    ("(?#a)", "unknown kind of group"),
    ("(?x:a)", "unknown kind of group"),
    ("(?-:a)", "unknown kind of group"),
    ("(?i-i:a)", "repeated modifier"),
    ("(?i-u", "unknown kind of group"),
    (r"\p{Foo}", "unknown property `Foo`"),
    (r"\p{greek}", "unknown property `greek`"),
    (r"\p{sc=greek}", "unknown property `sc=greek`"),
    (r"\p{Greek}", "unknown property `Greek`"),
    (r"\p{Basic_Emoji}", "unknown property `Basic_Emoji`"),
    (r"\pL", "need a property in braces"),
    (r"\p{L", "need a property in braces"),
    ("a{4294967296}", "too large"),
];

/// Patterns that are valid and not supported.
const UNSUPPORTED: &[(&str, &str)] = &[
    (r"(?:(a)|b)*\1", "optional in a repetition"),
    (r"(?:(a)?\1b)*", "optional in a repetition"),
    (r"(a*){2}\1", "can be empty"),
    (r"(?=((?:a??){2}))\1", "can be empty"),
    (r"(?<=(a+))\1", "variable length"),
    (r"(?<=\1(a))", "both are in a look-behind"),
    (r"(a)(?<=\1b)c", "in a look-behind"),
    (r"(?:(?=(.))b)*\1", "repeated look-around"),
    (r"(?i:(a)\1)b", "ignores case"),
    (r"\p{Changes_When_NFKC_Casefolded}", "unsupported property"),
    (r"\p{Script=Unknown}", "unsupported property"),
];

#[test]
fn patterns_follow_the_specification() {
    for (section, pattern, found, not_found) in CASES {
        let compiled = Pattern::new(pattern).unwrap_or_else(|error| panic!("{section}: {pattern}: {error}"));
        for (texts, expected) in [(found, true), (not_found, false)] {
            for text in *texts {
                assert_eq!(
                    compiled.is_found(text),
                    Ok(expected),
                    "{section}: {pattern:?} on {text:?}"
                );
            }
        }
    }
}

#[test]
fn invalid_and_unsupported_patterns_are_refused() {
    for (pattern, reason) in INVALID.iter().chain(UNSUPPORTED) {
        match Pattern::new(pattern) {
            Ok(_) => panic!("{pattern} is accepted"),
            Err(error) => assert!(error.to_string().contains(reason), "{pattern}: {error}"),
        }
    }
}

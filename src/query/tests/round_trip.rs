//! What is printed is read as the same again, and nothing that is typed ends the program.

use super::query;
use crate::query::Query;

#[test]
fn queries_are_printed_in_their_shortest_form() {
    for (written, printed) in [
        ("", ""),
        ("  a   b ", "a b"),
        ("NOT a", "-a"),
        ("\"a\" a*", "\"a\" a"),
        ("\"a b*\"", "\"a b*\""),
        ("\"-a\" \"kv:5\" \"OR\"", "\"-a\" \"kv:5\" \"OR\""),
        ("VOLTAGE:5000V,10kV", "kv:5,10"),
        ("kv:5 OR kv:10 OR a OR b", "kv:5,10 OR a OR b"),
        ("a OR kv:5,unknown", "a OR kv:5,unknown"),
        ("-category:A,\"B c\"", "-category:A,\"B c\""),
        (
            "kv:5.. wd:..5 mag:>50k score:<5% pixel:1..1",
            "kv:>=5 wd:<=5 mag:>50000 score:<0.05 pixel:1",
        ),
        ("score:1e-7", "score:0.0000001"),
        ("date:2024-01..2024-01", "date:2024-01"),
        ("date:2024..2024-06-30", "date:2024..2024-06-30"),
        ("date:>2023-12 labelled:<=2024", "date:>=2024-01 labelled:<2025"),
        ("vendor:\"Unknown\",unknown", "vendor:\"Unknown\",unknown"),
        (r#"sample:"5\" \* \n*""#, r#"sample:"5\" \* \\n*""#),
        (r"folder:a\b folder:a*", r#"folder:a\b folder:"a\*""#),
        ("is:Doubtful is:UNLIKE,unlabelled", "is:doubtful is:unlike,unlabelled"),
        ("is:LABELLED has:voltage source:Import", "is:labelled has:kv source:import"),
    ] {
        assert_eq!(query(written).to_string(), printed);
        assert_eq!(query(printed), query(written), "{written}");
    }
}

/// Numbers that look random and are the same every time (xorshift).
struct Dice {
    state: u64,
}

impl Dice {
    fn pick<'a>(&mut self, items: &[&'a str]) -> &'a str {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        let position = (self.state >> 33) % (items.len() as u64);
        items[position as usize]
    }
}

/// Reads such texts, and gives how many of them are queries.
fn count_queries(seed: u64, pieces: &[&str], piece_count: usize) -> usize {
    let mut dice = Dice { state: seed };
    let texts = (0..5000)
        .map(|round| (0..round % piece_count).map(|_| dice.pick(pieces)).collect::<String>());
    texts.filter(|text| is_query(text)).count()
}

fn is_query(text: &str) -> bool {
    match Query::parse(text) {
        Ok(query) => {
            let printed = query.to_string();
            assert_eq!(Query::parse(&printed), Ok(query), "{text:?} is printed as {printed:?}");
            true
        }
        Err(error) => {
            assert!(text.get(error.span.clone()).is_some(), "{text:?}: {:?}", error.span);
            assert_eq!(error.marked(text).lines().count(), 2, "{text:?}");
            assert!(!error.to_string().is_empty());
            false
        }
    }
}

#[test]
fn random_characters_are_read_or_refused_with_a_place() {
    let characters = [
        " ", "\"", "\\", "*", "(", ")", ":", ",", "-", ".", "..", "<", ">", "=", "%", "a", "5",
        "µ", "λ", "字", "🔬", "\u{301}", "\u{a0}", "\u{2028}", "\0", "\n", "\r\n", "\t",
    ];
    for seed in [1, 0x5eed, u64::MAX] {
        assert!(count_queries(seed, &characters, 12) > 500);
    }
}

#[test]
fn random_pieces_of_queries_are_read_or_refused_with_a_place() {
    let pieces = [
        " ",
        " ",
        " ",
        " ",
        "-",
        ",",
        "\"",
        "\\",
        "*",
        "NOT ",
        " OR ",
        " AND ",
        "a",
        "unknown",
        "kv:",
        "5",
        "0.5",
        "1e3",
        "..",
        "<",
        ">=",
        "kV",
        "µm",
        "date:",
        "2024",
        "2024-02",
        "2024-02-29",
        "9999-12",
        "sample:",
        "\"b c\"",
        "category:",
        "folder:",
        "is:",
        "labelled",
        "has:",
        "note",
        "source:",
        "import",
        "pixel:",
        "score:",
        "%",
    ];
    for seed in [2, 0xfeed, u64::MAX / 3] {
        assert!(count_queries(seed, &pieces, 9) > 500);
    }
}

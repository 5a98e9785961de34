//! Counts instructions: of each case twice, with more and with fewer rounds, so that what is done
//! once does not count. Callgrind counts the same for the same program whatever else the machine does.
//!
//! ```sh
//! cargo run --release            # every figure, as a table
//! cargo run --release -- check   # and an error where one is over 5 % more than it was
//! cargo run -- check             # the same for the macro, which runs without optimisation
//! ```

use std::process::{Command, ExitCode};

use arazzo_benches::{enrolment, expansion, one_scalar, order};

/// Rounds of a case: few, and many.
type Rounds = (u32, u32);

/// A case: its name, its rounds, and what is done in each.
struct Case {
    name: &'static str,
    rounds: Rounds,
    run: fn(u32),
}

fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime").block_on(future)
}

const CASES: &[Case] = &[
    Case {
        name: "enrolment/compiled",
        rounds: (20, 120),
        run: |rounds| {
            let client = enrolment::client();
            block_on(async {
                for _ in 0..rounds {
                    std::hint::black_box(enrolment::compiled(&client).await);
                }
            });
        },
    },
    Case {
        name: "enrolment/by hand",
        rounds: (20, 120),
        run: |rounds| {
            let stytch = enrolment::by_hand::Stytch::new();
            block_on(async {
                for _ in 0..rounds {
                    std::hint::black_box(stytch.enrol().await);
                }
            });
        },
    },
    Case {
        name: "enrolment/interpreted",
        rounds: (5, 15),
        run: |rounds| {
            let loaded = enrolment::interpreted::load();
            for _ in 0..rounds {
                std::hint::black_box(enrolment::interpreted::run(&loaded));
            }
        },
    },
    Case {
        name: "enrolment/interpreted, loading",
        rounds: (1, 3),
        run: |rounds| {
            for _ in 0..rounds {
                std::hint::black_box(enrolment::interpreted::load());
            }
        },
    },
    Case {
        name: "order/compiled",
        rounds: (20, 120),
        run: |rounds| {
            let client = order::client();
            block_on(async {
                for _ in 0..rounds {
                    std::hint::black_box(order::compiled(&client).await);
                }
            });
        },
    },
    Case {
        name: "order/by hand",
        rounds: (20, 120),
        run: |rounds| {
            let http = reqwest::Client::new();
            block_on(async {
                for _ in 0..rounds {
                    std::hint::black_box(order::by_hand(&http).await);
                }
            });
        },
    },
    Case {
        name: "expansion/yaml",
        rounds: (1, 3),
        run: |rounds| expansion::first(&expansion::STYTCH, rounds),
    },
    Case {
        name: "expansion/yaml, others",
        rounds: (1, 11),
        run: |rounds| expansion::others(&expansion::STYTCH, rounds),
    },
    Case {
        name: "expansion/yaml, together",
        rounds: (1, 11),
        run: |count| expansion::together(&expansion::STYTCH, count),
    },
    Case {
        name: "expansion/yaml, again",
        rounds: (1, 4),
        run: |rounds| expansion::again(&expansion::STYTCH, rounds),
    },
    Case {
        name: "expansion/yaml, repeated",
        rounds: (1, 4),
        run: |rounds| expansion::repeated(&expansion::STYTCH, rounds),
    },
    Case {
        name: "expansion/json, again",
        rounds: (1, 4),
        run: |rounds| expansion::again(&expansion::TELNYX, rounds),
    },
    Case {
        name: "expansion/yaml value",
        rounds: (1, 2),
        run: |rounds| expansion::value(&expansion::STYTCH, rounds),
    },
    Case {
        name: "expansion/json",
        rounds: (1, 3),
        run: |rounds| expansion::first(&expansion::TELNYX, rounds),
    },
    Case {
        name: "expansion/json value",
        rounds: (1, 2),
        run: |rounds| expansion::value(&expansion::TELNYX, rounds),
    },
    Case {
        name: "one scalar/compiled",
        rounds: (2, 12),
        run: |rounds| {
            let client = one_scalar::client();
            block_on(async {
                for _ in 0..rounds {
                    std::hint::black_box(one_scalar::compiled(&client).await);
                }
            });
        },
    },
    Case {
        name: "one scalar/by hand",
        rounds: (2, 12),
        run: |rounds| {
            let http = reqwest::Client::new();
            block_on(async {
                for _ in 0..rounds {
                    std::hint::black_box(one_scalar::by_hand(&http).await);
                }
            });
        },
    },
];

/// A pair: this case against that one.
struct Goal {
    of: &'static str,
    against: &'static str,
    /// The ratio that it should have at most.
    at_most: f64,
    /// The ratio that it had when it was last looked at; `docs/performance.md` has it too.
    was: f64,
}

/// How much more than it was is a regression.
const TOLERANCE: f64 = 1.05;

const GOALS: &[Goal] = &[
    Goal {
        of: "enrolment/compiled",
        against: "enrolment/by hand",
        at_most: 0.75,
        was: 0.737,
    },
    Goal {
        of: "enrolment/compiled",
        against: "enrolment/interpreted",
        at_most: 0.02,
        was: 0.0532,
    },
    Goal {
        of: "one scalar/compiled",
        against: "one scalar/by hand",
        at_most: 0.25,
        was: 0.563,
    },
    Goal {
        of: "order/compiled",
        against: "order/by hand",
        at_most: 1.00,
        was: 0.972,
    },
    Goal {
        of: "expansion/yaml",
        against: "expansion/yaml value",
        at_most: 0.15,
        was: 0.0948,
    },
    Goal {
        of: "expansion/yaml, again",
        against: "expansion/yaml value",
        at_most: 0.02,
        was: 0.0153,
    },
    Goal {
        of: "expansion/yaml, repeated",
        against: "expansion/yaml value",
        at_most: 0.02,
        was: 0.0141,
    },
    Goal {
        of: "expansion/yaml, together",
        against: "expansion/yaml value",
        at_most: 0.02,
        was: 0.0193,
    },
    Goal {
        of: "expansion/yaml, others",
        against: "expansion/yaml value",
        at_most: 0.02,
        was: 0.0380,
    },
    Goal {
        of: "expansion/json",
        against: "expansion/json value",
        at_most: 0.15,
        was: 0.1191,
    },
    Goal {
        of: "expansion/json, again",
        against: "expansion/json value",
        at_most: 0.02,
        was: 0.0085,
    },
];

/// The instructions of a whole process.
fn count(name: &str, rounds: u32) -> Result<u64, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(own)
        .args(["case", name, &rounds.to_string()])
        .output()
        .map_err(|error| format!("valgrind cannot be started: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("`{name}` fails: {said}"));
    }
    let collected = said.lines().find_map(|line| line.split("Collected : ").nth(1));
    let count = collected.and_then(|text| text.trim().parse().ok());
    count.ok_or_else(|| format!("callgrind does not say what it has counted: {said}"))
}

fn measure(case: &Case) -> Result<u64, String> {
    let (few, many) = case.rounds;
    let (low, high) = (count(case.name, few)?, count(case.name, many)?);
    Ok(high.saturating_sub(low) / u64::from(many - few))
}

/// The cases of this build: the macro is measured without optimisation, which is how users build
/// it, everything else with it.
fn is_of_this_build(name: &str) -> bool {
    name.starts_with(EXPANSION) == cfg!(debug_assertions)
}

const EXPANSION: &str = "expansion/";

fn table(check: bool) -> Result<(), String> {
    if cfg!(debug_assertions) && expansion::corpus().is_none() {
        println!("SKIPPED: ../shared/corpus is not here; the macro is not measured");
        return Ok(());
    }
    let mut counts = Vec::new();
    for case in CASES.iter().filter(|case| is_of_this_build(case.name)) {
        let count = measure(case)?;
        println!("{:32} {count:>12} instructions", case.name);
        counts.push((case.name, count));
    }
    let of = |name: &str| {
        counts
            .iter()
            .find(|(known, _)| *known == name)
            .map_or(0, |(_, count)| *count)
    };
    let mut worse = Vec::new();
    println!();
    for goal in GOALS.iter().filter(|goal| is_of_this_build(goal.of)) {
        let ratio = of(goal.of) as f64 / of(goal.against) as f64;
        let met = ratio <= goal.at_most;
        println!(
            "{:24} {ratio:>7.4} x {:24} goal {:.2}: {}",
            goal.of,
            goal.against,
            goal.at_most,
            if met { "met" } else { "missed" }
        );
        if ratio > goal.was * TOLERANCE {
            worse.push(format!("{} against {} was {}", goal.of, goal.against, goal.was));
        }
    }
    if check && !worse.is_empty() {
        return Err(format!("more than 5 % worse: {}", worse.join(", ")));
    }
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        [] => table(false),
        ["check"] => table(true),
        ["case", name, rounds] => match (CASES.iter().find(|case| case.name == name), rounds.parse()) {
            (Some(case), Ok(rounds)) => {
                (case.run)(rounds);
                Ok(())
            }
            _ => Err(format!("there is no case `{name}`")),
        },
        _ => Err("usage: arazzo-benches [check | case NAME ROUNDS]".to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

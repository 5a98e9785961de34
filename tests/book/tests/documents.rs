//! The Arazzo documents in the pages are those that the snippets are compiled with, and have no errors.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

use std::path::{Path, PathBuf};

use arazzo_compiler::bundle::Options;
use arazzo_compiler::compile;
use arazzo_compiler::diagnostic::Header;
use arazzo_compiler::source::Disk;

fn package() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The code blocks of a page in a language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let (mut blocks, mut open) = (Vec::new(), None::<String>);
    for line in page.lines() {
        match &mut open {
            None if line == format!("```{language}") => open = Some(String::new()),
            None => {}
            Some(_) if line == "```" => blocks.extend(open.take()),
            Some(block) => {
                block.push_str(line);
                block.push('\n');
            }
        }
    }
    blocks
}

#[test]
fn documents_in_pages_are_those_of_this_package_and_have_no_errors() {
    let root = package().join("../..");
    let mut pages = vec![root.join("README.md")];
    for entry in std::fs::read_dir(root.join("docs")).unwrap() {
        pages.push(entry.unwrap().path());
    }
    let pages = pages
        .into_iter()
        .filter(|page| page.extension().is_some_and(|end| end == "md"));
    let mut written: Vec<(String, String)> = Vec::new();
    for entry in std::fs::read_dir(package()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "yml") {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            written.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
    let mut found = 0;
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        for block in blocks(&text, "yaml")
            .iter()
            .filter(|block| block.starts_with("arazzo:") && block.contains("sourceDescriptions:"))
        {
            let Some((name, _)) = written.iter().find(|(_, text)| text == block) else {
                panic!("{}: no document in tests/book is\n{block}", page.display());
            };
            let options = Options {
                package: package(),
                document: name.clone(),
                ..Options::default()
            };
            let compilation = compile(&options, &Disk);
            assert!(
                compilation.diagnostics.is_empty(),
                "{}",
                compilation.render(Header::Full).join("\n")
            );
            found += 1;
        }
    }
    assert!(found >= 2, "only {found} documents in the pages");
}

/// The README shows the program of "Getting started" and the client of "Authentication", which are compiled as doctests.
/// `tests/builds` compiles its other program.
#[test]
fn programs_of_the_readme_are_those_of_the_book() {
    let root = package().join("../..");
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let page = std::fs::read_to_string(root.join("docs/getting-started.md")).unwrap();
    let program = |text: &str| blocks(text, "rust,no_run").into_iter().next().unwrap();
    assert_eq!(program(&readme), program(&page));
    let fragments = blocks(&readme, "rust,ignore");
    assert_eq!(fragments.len(), 1);
    let page = std::fs::read_to_string(root.join("docs/authentication.md")).unwrap();
    assert!(
        page.contains(&fragments[0]),
        "docs/authentication.md does not have\n{}",
        fragments[0]
    );
}

/// Links between the pages lead to files that exist, and the table of contents has every page.
#[test]
fn links_are_not_broken() {
    let docs = package().join("../../docs");
    let summary = std::fs::read_to_string(docs.join("SUMMARY.md")).unwrap();
    for entry in std::fs::read_dir(&docs).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if !name.ends_with(".md") || name == "SUMMARY.md" {
            continue;
        }
        assert!(summary.contains(&format!("({name})")), "{name} is not in SUMMARY.md");
        let text = std::fs::read_to_string(&path).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = link.split('#').next().unwrap();
            if file.is_empty() || file.contains("://") {
                continue;
            }
            assert!(docs.join(file).exists(), "{name} links to {link}");
        }
    }
}

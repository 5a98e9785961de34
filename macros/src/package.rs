//! Where the user's package is, and paths relative to it.

use std::path::{Component, Path, PathBuf};

use syn::LitStr;

/// The directory of the user's Cargo.toml.
pub(crate) fn directory() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default()
}

/// The document's path relative to the package, with `/` between its parts.
///
/// A plain path is relative to the package, one that starts with `./` or `../` to the source file.
pub(crate) fn document(literal: &LitStr, package: &Path) -> Result<String, String> {
    let path = literal.value();
    if path.is_empty() {
        return Err("the path of the document is empty".to_owned());
    }
    if Path::new(&path).is_absolute() || path.starts_with('/') {
        return Err(format!(
            "`{path}` is an absolute path, which is another one on every machine\n  = help: write it relative to the directory of Cargo.toml, or with `./` relative to this source file"
        ));
    }
    if !path.starts_with("./") && !path.starts_with("../") {
        return Ok(arazzo_compiler::source::normalise(&path));
    }
    let source = literal.span().unwrap().local_file().and_then(|file| std::path::absolute(file).ok());
    let Some(directory) = source.as_deref().and_then(Path::parent) else {
        return Err(format!(
            "`{path}` is relative to this source file, whose place is not known here\n  = help: write it relative to the directory of Cargo.toml"
        ));
    };
    relative(&directory.join(&path), package)
        .ok_or_else(|| format!("`{path}` cannot be reached from the directory of Cargo.toml"))
}

/// `path` as seen from `base`, both absolute.
fn relative(path: &Path, base: &Path) -> Option<String> {
    let (path, base) = (parts(path)?, parts(base)?);
    let common = path.iter().zip(&base).take_while(|(left, right)| left == right).count();
    if common == 0 {
        return None;
    }
    let up = base.iter().skip(common).map(|_| "..".to_owned());
    Some(up.chain(path.into_iter().skip(common)).collect::<Vec<_>>().join("/"))
}

fn parts(path: &Path) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop();
            }
            Component::RootDir => parts.push(String::new()),
            Component::Prefix(prefix) => parts.push(prefix.as_os_str().to_str()?.to_owned()),
            Component::Normal(name) => parts.push(name.to_str()?.to_owned()),
        }
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_the_package() {
        let from = |path: &str| relative(Path::new(path), Path::new("/work/pkg")).unwrap();
        assert_eq!(from("/work/pkg/src/../flow.yaml"), "flow.yaml");
        assert_eq!(from("/work/pkg/src/./a/flow.yaml"), "src/a/flow.yaml");
        assert_eq!(from("/work/other/flow.yaml"), "../other/flow.yaml");
    }
}

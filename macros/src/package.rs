//! Where the user's package is, and paths relative to it.

use std::path::{Path, PathBuf};

use arazzo_compiler::source::{normalise, relative};
use syn::LitStr;

/// The directory of the user's Cargo.toml.
pub(crate) fn directory() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .unwrap_or_default()
}

/// A file, both paths relative to the package and with `/` between their parts.
pub(crate) struct Located {
    /// Its path.
    pub(crate) path: String,
    /// The directory of the source file that names it.
    pub(crate) origin: Option<String>,
}

/// A plain path is relative to the package, one that starts with `./` or `../` to the source file.
pub(crate) fn locate(literal: &LitStr, package: &Path) -> Result<Located, String> {
    let path = literal.value();
    if path.is_empty() {
        return Err("the path is empty".to_owned());
    }
    if Path::new(&path).is_absolute() || path.starts_with('/') {
        return Err(format!(
            "`{path}` is an absolute path, which is another one on every machine\n  = help: write it relative to the directory of Cargo.toml, or with `./` relative to this source file"
        ));
    }
    if !path.starts_with("./") && !path.starts_with("../") {
        return Ok(Located {
            path: normalise(&path),
            origin: None,
        });
    }
    // What this unwraps is the compiler's own span, which every span has inside of a macro.
    let source = literal
        .span()
        .unwrap()
        .local_file()
        .and_then(|file| std::path::absolute(file).ok());
    let text = |path: &Path| path.to_str().map(|text| text.replace('\\', "/"));
    let places = source
        .as_deref()
        .and_then(Path::parent)
        .and_then(text)
        .zip(text(package));
    let Some((directory, package)) = places else {
        return Err(format!(
            "`{path}` is relative to this source file, whose place is not known here\n  = help: write it relative to the directory of Cargo.toml"
        ));
    };
    Ok(Located {
        path: relative(&format!("{directory}/{path}"), &package),
        origin: Some(relative(&directory, &package)),
    })
}

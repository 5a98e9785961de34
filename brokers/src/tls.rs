//! The cryptography of TLS.

/// Chooses the cryptography of TLS for the process, unless the program has. Clients that rely on a choice panic if the
/// crates of the program offer none, or two.
pub(crate) fn choose_cryptography() {
    #[cfg(feature = "rustls")]
    {
        use rustls::crypto::{CryptoProvider, aws_lc_rs};
        if CryptoProvider::get_default().is_none() {
            // Another thread may have chosen in the meantime.
            let _ = aws_lc_rs::default_provider().install_default();
        }
    }
}

//! A provider is believed by its certificate.

use happyflow::config::{Config, Environment};
use happyflow::console::Inlogdiensten;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/console").join(name)
}

/// Tells of itself over TLS to so many who ask; where it is.
fn provider(times: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("https://{}", listener.local_addr().unwrap());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let certificate = CertificateDer::from_pem_file(fixture("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(fixture("server.key.pem")).unwrap();
    let config = Arc::new(builder.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap());
    let itself = serde_json::json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/a"),
        "token_endpoint": format!("{issuer}/t"),
        "jwks_uri": format!("{issuer}/j"),
    })
    .to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming().take(times) {
            let connection = ServerConnection::new(config.clone()).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            let mut asked = [0; 4096];
            // Whoever does not believe us goes away.
            if stream.read(&mut asked).is_ok_and(|length| length > 0) {
                let head = format!(
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
                    itself.len()
                );
                let _ = stream.write_all((head + &itself).as_bytes());
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    issuer
}

#[test]
fn a_provider_is_believed_by_its_certificate_alone() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let issuer = provider(2);
    let answers = |more: &str| {
        let settings = format!(
            "[console]\nlisten = '127.0.0.1:9470'\nlogin = 'oidc'\nurl = 'https://console.nl'\n\
             [console.inlogdiensten.a]\nnaam = 'A'\nissuer = '{issuer}'\nclient_id = 'x'\nrol_claim = 'g'\n\
             key_file = '{}'\nrollen = [{{ waarde = 'x', rol = 'operator' }}]\n{more}",
            fixture("console.pem").display()
        );
        let file = folder.path().join("h.toml");
        fs::write(&file, settings).unwrap();
        let config = Config::read(Some(&file)).unwrap();
        let diensten = Inlogdiensten::new(&config.console, &Environment::default())?;
        let answers = runtime.block_on(diensten.answer()).first().map(|(_, answers)| *answers);
        Ok::<_, happyflow::config::ConfigError>(answers.unwrap())
    };
    let trusted = format!("ca_file = '{}'\n", fixture("ca.pem").display());
    assert!(answers(&trusted).unwrap());
    assert!(!answers("").is_ok_and(|answers| answers), "nobody here knows who signed it");
    let key = format!("ca_file = '{}'\n", fixture("console.pem").display());
    assert!(answers(&key).unwrap_err().to_string().contains("geen certificaten in PEM"));
}

//! The shipped program as a process: its commands beside a server, what its log says, and who may read what it stores.

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use reqwest::Client;
use serde_json::{Value, json};

use crate::app::{Database, TestApp, each_engine_test};

each_engine_test!(
    accounts_are_changed_on_the_command_line,
    places_are_imported_into_a_brand_that_is_made,
    keys_are_rotated_on_the_command_line,
    keys_come_out_from_under_a_secret_and_go_under_another,
    the_demo_is_not_served_to_others,
    the_log_says_who_and_from_where_and_nothing_of_strangers,
);

const PASSWORD: &str = "correct horse battery staple";

/// A command of the program on this database.
fn incognito(database: &Database, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_incognito"));
    command.args(arguments).args(["--database-url", &database.address(), "--data"]).arg(database.data.path());
    command.env("INCOGNITO_PASSWORD", PASSWORD);
    command
}

/// What a command says, and whether it went well.
fn run(database: &Database, arguments: &[&str]) -> (bool, String) {
    let done = incognito(database, arguments).output().unwrap();
    let output = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8(output).unwrap())
}

/// The program, serving; it ends with this.
struct Served {
    child: Child,
    address: SocketAddr,
}

impl Served {
    fn start(mut command: Command, log: &Path) -> Self {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let child = command
            .args(["--listen", &address.to_string()])
            .stdout(Stdio::null())
            .stderr(fs::File::create(log).unwrap())
            .spawn()
            .unwrap();
        let served = Self { child, address };
        let start = Instant::now();
        while !served
            .says(b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .starts_with("HTTP/1.1 2")
        {
            assert!(start.elapsed() < Duration::from_secs(60), "it does not start");
            sleep(Duration::from_millis(50));
        }
        served
    }

    /// What it answers to these bytes before the connection ends.
    fn says(&self, bytes: &[u8]) -> String {
        let ask = || -> std::io::Result<Vec<u8>> {
            let mut socket = TcpStream::connect(self.address)?;
            socket.set_read_timeout(Some(Duration::from_secs(2)))?;
            socket.write_all(bytes)?;
            let mut answer = Vec::new();
            let _ = socket.read_to_end(&mut answer);
            Ok(answer)
        };
        String::from_utf8_lossy(&ask().unwrap_or_default()).into_owned()
    }

    /// Ends as it does when it is asked to, so that all of its log is written.
    fn stop(mut self) {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(asked.success() && self.child.wait().unwrap().success());
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn accounts_are_changed_on_the_command_line(app: TestApp) {
    let database = app.stop();
    let create = |email: &str, role: &str| {
        run(&database, &["account", "create", "--email", email, "--name", "A", "--role", role])
    };
    let (weak, output) = {
        let arguments = ["account", "create", "--email", "a@example.org", "--name", "A", "--role", "hr"];
        let done =
            incognito(&database, &arguments).env("INCOGNITO_PASSWORD", "Password1234").output().unwrap();
        (done.status.success(), String::from_utf8(done.stderr).unwrap())
    };
    assert!(!weak && output.contains("password: This password is one of the most common ones"), "{output}");
    for (email, role) in [("a@example.org", "administrator"), ("b@example.org", "auditor")] {
        let (done, output) = create(email, role);
        assert!(done, "{output}");
    }
    let (_, listed) = run(&database, &["account", "list"]);
    for line in ["enabled: administrator", "enabled: auditor"] {
        assert!(listed.contains(line), "{listed}");
    }

    let app = TestApp::start(database).await;
    let sign_in = async |email: &str, password: &str| {
        let body = json!({"email": email, "password": password, "device": "d"});
        app.post(&crate::personas::Persona::nobody(), "/v1/sessions", body).await
    };
    let phone = sign_in("b@example.org", PASSWORD).await.expect(201).text("/access_token");
    let is_in = async || {
        let call = app.call(actix_web::http::Method::GET, "/v1/me");
        call.header("authorization", &format!("Bearer {phone}")).await.status == 200
    };
    assert!(is_in().await);
    let change = |arguments: &[&str]| run(app.database(), &[&["account"], arguments].concat());
    assert!(change(&["disable", "B@example.org "]).0);
    assert!(!is_in().await);
    sign_in("b@example.org", PASSWORD).await.expect_problem(401, "sign_in_failed");
    assert!(change(&["list"]).1.contains("disabled: auditor"));
    assert!(change(&["enable", "b@example.org"]).0);
    sign_in("b@example.org", PASSWORD).await.expect(201);

    let other = tempfile::tempdir().unwrap();
    let file = other.path().join("password");
    fs::write(&file, "another horse, another battery\n").unwrap();
    let reset = ["reset-password", "b@example.org", "--password-file", file.to_str().unwrap()];
    let (done, output) = change(&reset);
    assert!(done, "{output}");
    sign_in("b@example.org", PASSWORD).await.expect_problem(401, "sign_in_failed");
    sign_in("b@example.org", "another horse, another battery").await.expect(201);

    let (done, output) = change(&["disable", "a@example.org"]);
    assert!(!done && output.contains("no administrator left"), "{output}");
    let (done, output) = change(&["disable", "nobody@example.org"]);
    assert!(!done && output.contains("no account has this address"), "{output}");
}

/// A file that is refused leaves no trace, and neither does a dry run.
async fn places_are_imported_into_a_brand_that_is_made(app: TestApp) {
    let database = app.stop();
    let file = database.data.path().join("places.csv");
    let import = |csv: &str, more: &[&str]| {
        fs::write(&file, csv).unwrap();
        let words = ["import", "places", "--brand-name", "Anatolia", file.to_str().unwrap()];
        run(&database, &[&words, more].concat())
    };
    let good = "region,branch,name,address,time_zone,languages\nAsia,TR-1,Lumen,1 Road,Europe/Istanbul,tr\n";
    let (done, words) = import(good, &["--dry-run"]);
    assert!(!done && words.contains("a dry run makes none"), "{words}");
    let (done, words) = import("region,branch,name,address\nAsia,TR-1,Lumen,1 Road\n", &[]);
    assert!(!done && words.contains("time_zone"), "{words}");
    let (done, words) = import(good, &["--dry-run"]);
    assert!(!done && words.contains("a dry run makes none"), "the refused file made the brand: {words}");
    let (done, words) = import(good, &[]);
    assert!(done && words.contains("1 branches added"), "{words}");
    // What a dry run says would change is as it was.
    let moved = good
        .replace("1 Road", "2 Road")
        .replace(",tr\n", ",tr\nEurope,TR-2,Lumen,3 Road,Europe/Istanbul,tr\n");
    let (done, words) = import(&moved, &["--dry-run"]);
    for line in
        ["line 2: TR-1 changes: address", "line 3: TR-2 is new", "1 regions added (nothing was written)"]
    {
        assert!(done && words.contains(line), "{line}: {words}");
    }
    let (done, words) = import(good, &[]);
    assert!(done && words.contains("1 were there already"), "{words}");
}

async fn keys_are_rotated_on_the_command_line(app: TestApp) {
    let database = app.stop();
    let (_, before) = run(&database, &["keys", "list"]);
    let of = |listed: &str, purpose: &str| {
        listed.lines().filter(|line| line.starts_with(purpose)).map(str::to_owned).collect::<Vec<_>>()
    };
    for purpose in ["tokens", "receipts", "sealing"] {
        assert_eq!(of(&before, purpose).len(), 1, "{before}");
    }
    let (done, output) = run(&database, &["keys", "rotate", "--only", "receipts"]);
    assert!(done, "{output}");
    assert_eq!(of(&output, "receipts")[1..], of(&before, "receipts"));
    assert_eq!(of(&output, "tokens"), of(&before, "tokens"));
    let (done, output) = run(&database, &["keys", "rotate"]);
    assert!(done && of(&output, "receipts").len() == 3 && of(&output, "sealing").len() == 2, "{output}");

    let secret = tempfile::tempdir().unwrap();
    let file = secret.path().join("secret");
    fs::write(&file, "0123456789abcdef0123456789abcdef").unwrap();
    let with = ["keys", "list", "--keys-secret-file", file.to_str().unwrap()];
    let (done, output) = run(&database, &with);
    let kept = output.lines().filter(|line| line.ends_with("kept under a secret")).count();
    assert!(done && kept == 7 && !output.contains("kept as it is"), "{output}");
    let (done, output) = run(&database, &["keys", "list"]);
    assert!(!done && output.contains("--keys-secret-file"), "{output}");
}

async fn keys_come_out_from_under_a_secret_and_go_under_another(app: TestApp) {
    let database = app.stop();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, secret: &str| {
        let path = folder.path().join(name);
        fs::write(&path, secret).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let [first, second] = ["a", "b"].map(|name| file(name, &name.repeat(32)));
    let short = file("short", "abc");
    let of = |command: &[&str], secret: Option<&str>| {
        let secret: Vec<_> = secret.map(|file| ["--keys-secret-file", file]).into_iter().flatten().collect();
        run(&database, &[&["keys"], command, &secret].concat())
    };
    /// The keys by their ids, and how they are kept.
    fn keys(listed: &str) -> Vec<(String, bool)> {
        let key = |line: &str| {
            let (key, kept) = line.split_once(" of ")?;
            let sealed = kept.ends_with("kept under a secret");
            (sealed || kept.ends_with("kept as it is")).then(|| (key.to_owned(), sealed))
        };
        listed.lines().filter_map(key).collect()
    }
    let (done, output) = of(&["unseal"], None);
    assert!(done, "{output}");
    let bare = keys(&output);
    assert!(bare.len() == 3 && bare.iter().all(|(_, sealed)| !sealed), "{output}");
    let sealed: Vec<_> = bare.iter().map(|(key, _)| (key.clone(), true)).collect();
    assert_eq!(keys(&of(&["list"], Some(&first)).1), sealed);

    // Nothing of this changes anything.
    for (command, secret, says) in [
        (vec!["unseal"], None, "give it with --keys-secret-file"),
        (vec!["unseal"], Some(&second), "another secret than the one that is given"),
        (vec!["change-secret", "--new-secret-file", &second], None, "give it with --keys-secret-file"),
        (vec!["change-secret", "--new-secret-file", &first], Some(&second), "another secret"),
        (vec!["change-secret", "--new-secret-file", &short], Some(&first), "short: a secret for keys has 32"),
        (vec!["change-secret", "--new-secret-file", "/nowhere"], Some(&first), "/nowhere: "),
    ] {
        let (done, output) = of(&command, secret.map(String::as_str));
        assert!(!done && output.contains(says), "{command:?} {output}");
    }
    assert_eq!(keys(&of(&["list"], Some(&first)).1), sealed);

    let (done, output) = of(&["change-secret", "--new-secret-file", &second], Some(&first));
    assert!(done, "{output}");
    assert_eq!(keys(&output), sealed);
    assert!(!of(&["list"], Some(&first)).0);
    assert_eq!(keys(&of(&["list"], Some(&second)).1), sealed);
    let (done, output) = of(&["unseal"], Some(&second));
    assert!(done, "{output}");
    assert_eq!(keys(&output), bare);
    assert_eq!(keys(&of(&["list"], None).1), bare);
}

/// What a command says that is to end by itself, and whether it went well; none if it goes on.
fn ends(mut command: Command, log: &Path) -> Option<(bool, String)> {
    let mut child = command.stdout(Stdio::null()).stderr(fs::File::create(log).unwrap()).spawn().unwrap();
    let start = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break Some(status),
            None if start.elapsed() > Duration::from_secs(20) => break None,
            None => sleep(Duration::from_millis(50)),
        }
    };
    if status.is_none() {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    status.map(|status| (status.success(), fs::read_to_string(log).unwrap()))
}

/// The demo's password is public: `serve` refuses the demo's data where other machines can reach it, and names the account.
async fn the_demo_is_not_served_to_others(app: TestApp) {
    const BOSS: &str = "administrator@lumen.example";
    let database = app.stop();
    let logs = tempfile::tempdir().unwrap();
    let log = logs.path().join("log");
    // The demo is stopped once its administrator is there: that much of it is enough.
    let mut demo = incognito(&database, &["demo", "--load-only"]);
    let mut demo =
        demo.env_remove("INCOGNITO_PASSWORD").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    while !run(&database, &["account", "list"]).1.contains(BOSS) {
        assert!(start.elapsed() < Duration::from_secs(60), "the demo does not begin");
        sleep(Duration::from_millis(100));
    }
    demo.kill().unwrap();
    demo.wait().unwrap();
    let serve = |arguments: &[&str]| incognito(&database, &[&["serve"], arguments].concat());
    let here = ["--listen", "127.0.0.1:0", "--trusted-proxies", "127.0.0.1"];
    for arguments in [&["--listen", "0.0.0.0:0"][..], &here] {
        let (done, output) =
            ends(serve(arguments), &log).unwrap_or_else(|| panic!("{arguments:?} is served"));
        let why = format!("{BOSS} has the password that everybody knows");
        assert!(!done && output.contains(&why), "{output}");
    }
    let served = Served::start(serve(&[]), &log);
    served.stop();
    assert!(fs::read_to_string(&log).unwrap().contains("this is the demo's data"));
    // With other passwords the data may be served to other machines.
    let (_, listed) = run(&database, &["account", "list"]);
    let mut addresses: Vec<_> =
        listed.split_whitespace().filter(|word| word.contains("@lumen.example")).collect();
    addresses.dedup();
    for address in addresses {
        let (done, output) = run(&database, &["account", "reset-password", address.trim_matches([',', ':'])]);
        assert!(done, "{output}");
    }
    let served = Served::start(serve(&["--trusted-proxies", "127.0.0.1"]), &log);
    served.stop();
    assert!(fs::read_to_string(&log).unwrap().contains("this is the demo's data"));
}

async fn the_log_says_who_and_from_where_and_nothing_of_strangers(app: TestApp) {
    let database = app.stop();
    let create = ["account", "create", "--email", "a@example.org", "--name", "A", "--role", "administrator"];
    assert!(run(&database, &create).0);
    let log = database.data.path().join("log");
    let served = Served::start(
        incognito(&database, &["serve", "--log", "json", "--trusted-proxies", "127.0.0.1"]),
        &log,
    );
    let url = format!("http://{}", served.address);
    let client = Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let sign_in = async |email: &str, password: &str| -> Value {
        let body = json!({"email": email, "password": password, "device": "d"});
        let request = client.post(format!("{url}/v1/sessions")).json(&body);
        request.header("x-forwarded-for", "198.51.100.7").send().await.unwrap().json().await.unwrap()
    };
    let token = sign_in("a@example.org", PASSWORD).await["access_token"].as_str().unwrap().to_owned();
    sign_in("a@example.org", "not the password").await;
    sign_in("my-secret-password", "not the password").await;
    let me: Value =
        client.get(format!("{url}/v1/me")).bearer_auth(&token).send().await.unwrap().json().await.unwrap();
    let me = me["id"].as_str().unwrap();
    let whose = crate::app::id::<()>().to_string();
    let put = async |path: String, body: Value| {
        let answer = client.put(format!("{url}{path}")).bearer_auth(&token).json(&body).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 201);
    };
    put(format!("/v1/accounts/{whose}"), json!({"email": "b@example.org", "name": "B", "language": "en"}))
        .await;
    let grant = format!("/v1/accounts/{whose}/grants/{}", crate::app::id::<()>());
    put(grant.clone(), json!({"role": "auditor"})).await;
    let taken = client.delete(format!("{url}{grant}")).bearer_auth(&token).send().await.unwrap();
    assert_eq!(taken.status().as_u16(), 204);

    let key = format!("/v1/api-keys/{}", crate::app::id::<()>());
    let soon = incognito::clock::Clock::System.now().plus_seconds(86_400).timestamp();
    let key_is =
        json!({"name": "Power BI", "expires_at": soon.round(jiff::Unit::Second).unwrap().to_string()});
    let made = client.put(format!("{url}{key}")).bearer_auth(&token).json(&key_is).send().await.unwrap();
    let made: Value = made.json().await.unwrap();
    let secret = made["secret"].as_str().unwrap();
    let brands = format!("{url}/v1/brands");
    let used = client.get(&brands).basic_auth("excel", Some(secret)).send().await.unwrap();
    assert_eq!(used.status().as_u16(), 200);
    assert_eq!(
        client.get(&brands).bearer_auth(format!("{secret}a")).send().await.unwrap().status().as_u16(),
        401
    );
    let revoked = client.delete(format!("{url}{key}")).bearer_auth(&token).send().await.unwrap();
    assert_eq!(revoked.status().as_u16(), 204);

    let strangers: [&[u8]; 9] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /v1/me HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\r\nConnection: close\r\n\r\n",
        b"GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a.b.c\r\nConnection: close\r\n\r\n",
        b"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{",
        b"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /v1/sessions/refresh HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 19\r\nConnection: close\r\n\r\n{\"refresh_token\":1}",
    ];
    for bytes in strangers {
        served.says(bytes);
    }
    served.stop();

    let written = fs::read_to_string(&log).unwrap();
    let lines: Vec<Value> = written.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let errors: Vec<_> = lines.iter().filter(|line| line["level"] == "ERROR").collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert!(!written.contains("my-secret-password") && !written.contains("a@example.org"), "{written}");
    assert!(!written.contains(&secret[..24]), "{written}");
    let all = |message: &str| lines.iter().filter(|line| line["message"] == message).collect::<Vec<_>>();
    let failed = all("somebody could not sign in");
    assert_eq!(failed.len(), 2, "{written}");
    assert_eq!((&failed[0]["account"], &failed[0]["client"]), (&json!(me), &json!("198.51.100.7")));
    assert_eq!((failed[1].get("account"), &failed[1]["client"]), (None, &json!("198.51.100.7")));
    assert!(failed[1]["typed"].as_str().unwrap() != failed[0]["typed"].as_str().unwrap());
    for (message, count) in [("a grant was given", 1), ("a grant was taken back", 1)] {
        let found = all(message);
        assert_eq!(found.len(), count, "{written}");
        assert_eq!(
            (&found[0]["by"], &found[0]["whose"], &found[0]["role"]),
            (&json!(me), &json!(whose), &json!("auditor"))
        );
    }
    for message in ["an API key was made", "an API key was refused", "an API key was revoked"] {
        assert_eq!(all(message).len(), 1, "{written}");
    }
    assert_eq!(all("an account was made or changed")[0]["by"], json!(me));
    let request = lines.iter().find(|line| line["path"] == "/v1/sessions").unwrap();
    assert_eq!(request["client"], "198.51.100.7");
    let request = lines.iter().find(|line| line["path"] == "/v1/me" && line["status"] == 200).unwrap();
    assert_eq!((&request["account"], &request["client"]), (&json!(me), &json!("127.0.0.1")));
}

/// Whatever the umask: the database, its journal, keys, photos, files that are still arriving, and the folders of all that.
#[test]
#[cfg(unix)]
fn what_is_stored_is_nobody_elses_to_read() {
    use std::os::unix::fs::PermissionsExt;

    use crate::app::Engine;

    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let database = Database::empty(Engine::Sqlite).unwrap();
    let data = database.data.path().join("data");
    let logs = tempfile::tempdir().unwrap();
    let serve = |log: &str| {
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "umask 000; exec \"$@\"",
            "sh",
            env!("CARGO_BIN_EXE_incognito"),
            "serve",
            "--data",
        ]);
        command.arg(&data);
        let secret = database.data.path().join("secret");
        if secret.exists() {
            command.arg("--keys-secret-file").arg(secret);
        }
        Served::start(command, &logs.path().join(log))
    };
    let served = serve("first");
    let url = format!("http://{}", served.address);
    let database_file = data.join("incognito.db");
    assert!(
        Command::new(env!("CARGO_BIN_EXE_incognito"))
            .args([
                "account",
                "create",
                "--email",
                "s@example.org",
                "--name",
                "S",
                "--role",
                "shopper",
                "--data"
            ])
            .arg(&data)
            .env("INCOGNITO_PASSWORD", PASSWORD)
            .status()
            .unwrap()
            .success()
    );
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        let body = json!({"email": "s@example.org", "password": PASSWORD, "device": "d"});
        let signed_in: Value =
            client.post(format!("{url}/v1/sessions")).json(&body).send().await.unwrap().json().await.unwrap();
        let token = signed_in["access_token"].as_str().unwrap();
        let digest = |bytes: &[u8]| {
            data_encoding::BASE64
                .encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref())
        };
        let put = client
            .put(format!("{url}/v1/uploads/{}?visit_id={}", crate::app::id::<()>(), crate::app::id::<()>()))
            .bearer_auth(token)
            .header("content-type", "image/png")
            .header("content-digest", format!("sha-256=:{}:", digest(b"bytes")))
            .body("bytes");
        assert_eq!(put.send().await.unwrap().status().as_u16(), 201);
    });
    let (mut files, mut folders) = (0, 0);
    let mut waiting = vec![data.clone()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            assert_eq!(mode(&path), 0o700, "{}", path.display());
            waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            folders += 1;
        } else {
            assert_eq!(mode(&path), 0o600, "{}", path.display());
            files += 1;
        }
    }
    assert!(files >= 4 && folders >= 4, "{files} files in {folders} folders");
    served.stop();
    assert!(!fs::read_to_string(logs.path().join("first")).unwrap().contains("can read"));

    // The next start warns of each path that was opened to others since.
    let secret = database.data.path().join("secret");
    fs::write(&secret, "0123456789abcdef0123456789abcdef").unwrap();
    for (path, open) in [
        (data.as_path(), 0o755),
        (&database_file, 0o644),
        (database.data.path(), 0o755),
        (&data.join("uploads"), 0o750),
        (&secret, 0o640),
    ] {
        fs::set_permissions(path, fs::Permissions::from_mode(open)).unwrap();
    }
    serve("second").stop();
    let output = fs::read_to_string(logs.path().join("second")).unwrap();
    let warned: Vec<_> = output.lines().filter(|line| line.contains("can read")).collect();
    for (path, mode) in [("data", "0755"), ("incognito.db", "0644"), ("uploads", "0750"), ("secret", "0640")]
    {
        let named = |line: &&&str| line.contains(&format!("/{path} ")) && line.contains(mode);
        assert!(warned.iter().any(|line| named(&line)), "{path}: {output}");
    }
    assert!(!warned.iter().any(|line| line.contains("/blobs ")), "{output}");
}

//! The local AWS, MiniStack: one process on one port of the loopback address, with its state in a folder.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use xtask::run;

/// The region of the local AWS.
pub(crate) const REGION: &str = "us-east-1";
/// Time for MiniStack to start, and to save its state and stop.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running local AWS. Dropping it stops it, unless it is detached.
pub(crate) struct Server {
    child: Child,
    folder: PathBuf,
    detached: bool,
}

impl Server {
    /// Starts it on `port` with its state in `folder`, and waits until it answers.
    pub(crate) fn start(program: &Path, folder: &Path, port: u16) -> Result<Self> {
        must_be_free(port)?;
        let state = folder.join("state");
        let scratch = folder.join("tmp");
        fs::create_dir_all(&state)?;
        fs::create_dir_all(&scratch)?;
        let log = folder.join("ministack.log");
        let file =
            File::create(&log).with_context(|| format!("failed to write {}", log.display()))?;
        let mut command = Command::new(program);
        command
            .env("BIND_HOST", "127.0.0.1") // it would listen on every address
            .env("GATEWAY_PORT", port.to_string())
            .env("EDGE_PORT", port.to_string())
            .env("AUTH", "true") // it would take any key and any origin, and so hide just the mistakes we could make
            .env("IOT_MTLS_ENABLED", "0")
            .env("SFTP_ENABLED", "0")
            .env("PERSIST_STATE", "1")
            .env("STATE_DIR", &state)
            .env("S3_PERSIST", "1")
            .env("S3_DATA_DIR", state.join("s3"))
            .env("TMPDIR", scratch)
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .process_group(0); // Ctrl-C is for us: we then ask it to save its state and stop
        credentials(&mut command, port); // the functions inherit them
        let child = command
            .spawn()
            .with_context(|| format!("failed to start {}", program.display()))?;
        fs::write(pid_file(folder), child.id().to_string())?;
        let mut server = Self {
            child,
            folder: folder.to_owned(),
            detached: false,
        };
        server.wait_until_it_answers(port, &log)?;
        Ok(server)
    }

    /// Waits until the user asks to stop; an error if it exits before.
    pub(crate) fn run(&mut self) -> Result<()> {
        while !run::stopping() {
            if let Some(status) = self.child.try_wait()? {
                if !pid_file(&self.folder).exists() {
                    return Ok(()); // `cargo xtask local --stop` in another terminal
                }
                bail!(
                    "the local AWS exited unexpectedly ({status}): see {}",
                    self.folder.join("ministack.log").display()
                );
            }
            sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    /// Keeps it running after this process ends.
    pub(crate) fn detach(mut self) {
        self.detached = true;
    }

    fn wait_until_it_answers(&mut self, port: u16, log: &Path) -> Result<()> {
        let start = Instant::now();
        while !answers(port) {
            if let Some(status) = self.child.try_wait()? {
                bail!(
                    "failed to start the local AWS ({status}); the end of {}:\n{}",
                    log.display(),
                    run::tail(log)
                );
            }
            if run::stopping() || start.elapsed() > PATIENCE {
                bail!(
                    "failed to start the local AWS: no answer on port {port} (its log: {})",
                    log.display()
                );
            }
            sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.detached {
            return;
        }
        let stopped = stop(&self.folder);
        let ended = self.child.wait();
        if let Err(error) = stopped.and(ended.map_err(Into::into)) {
            eprintln!("error: {error:#}");
        }
    }
}

/// Sets the environment that makes AWS's programs and SDKs use the local AWS, and nothing else.
pub(crate) fn credentials(command: &mut Command, port: u16) {
    for setting in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN"] {
        command.env_remove(setting);
    }
    command
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_REGION", REGION)
        .env("AWS_DEFAULT_REGION", REGION)
        .env("AWS_ENDPOINT_URL", endpoint(port))
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("SAM_CLI_TELEMETRY", "0");
}

/// The one endpoint of all local AWS services.
pub(crate) fn endpoint(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// The process id of the local AWS with its state in `folder`, if it is running.
pub(crate) fn running(folder: &Path) -> Option<Pid> {
    let id = fs::read_to_string(pid_file(folder)).ok()?;
    let pid = Pid::from_raw(id.trim().parse().ok()?);
    // After a reboot the number may belong to another process.
    let command = run::output(Command::new("ps").args(["-o", "command=", "-p", id.trim()])).ok()?;
    command.contains("ministack").then_some(pid)
}

/// Whether it was killed before it saved its state.
pub(crate) fn crashed(folder: &Path) -> bool {
    let mark = pid_file(folder);
    (mark.exists() || mark.with_extension("stopping").exists()) && running(folder).is_none()
}

/// Stops the local AWS of `folder` and waits until it has saved its state; false if it is not running.
pub(crate) fn stop(folder: &Path) -> Result<bool> {
    let Some(pid) = running(folder) else {
        return Ok(false);
    };
    let mark = pid_file(folder);
    let stopping = mark.with_extension("stopping");
    fs::rename(&mark, &stopping)?;
    kill(pid, Signal::SIGTERM).context("failed to stop the local AWS")?;
    let start = Instant::now();
    while !gone(pid) {
        if start.elapsed() > PATIENCE {
            fs::rename(&stopping, &mark)?;
            bail!("failed to stop the local AWS: process {pid} is still running");
        }
        sleep(Duration::from_millis(50));
    }
    fs::remove_file(stopping)?;
    Ok(true)
}

fn pid_file(folder: &Path) -> PathBuf {
    folder.join("ministack.pid")
}

/// Whether a process has ended; our own child stays a zombie until it is waited for.
fn gone(pid: Pid) -> bool {
    let state = run::output(Command::new("ps").args(["-o", "state=", "-p", &pid.to_string()]));
    kill(pid, None) == Err(Errno::ESRCH) || state.is_ok_and(|state| state.trim().starts_with('Z'))
}

fn must_be_free(port: u16) -> Result<()> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!(
                "port {port} is in use: stop the program that uses it, or choose another port with --port N"
            )
        }
        Err(error) => Err(error).with_context(|| format!("failed to listen on port {port}")),
    }
}

/// A port that is free at the moment.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

fn answers(port: u16) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(
            &SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            Duration::from_secs(1),
        )?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(
            stream,
            "GET /_ministack/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

//! Puts load on a running service through RabbitMQ and times the answers; `benches/engine/run.py` drives it.
//!
//! ```text
//! engine region FOLDER AANBIEDERS                      contracts and assignments of an invented region
//! engine files URL PREFIX FOLDER RATE                  publishes the files of a folder, by name
//! engine steady URL PREFIX RATE SECONDS AANBIEDERS     publishes claims of the region
//! ```
//!
//! RATE is in messages per second; 0 is as fast as the broker confirms a hundred. Every message must get one
//! answer; the time of each is from its publication until its answer is delivered, and the first fifth is left out
//! of the percentiles: connections, plans and queues are made then. Prints one JSON line.

mod region;

use futures_util::StreamExt;
use futures_util::stream::select_all;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions,
    QueueDeleteOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, PublisherConfirm};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Confirmations that may be under way, as the peer has.
const WINDOW: usize = 100;
/// How long the last answer may take after the last message.
const PATIENCE: Duration = Duration::from_mins(2);

fn main() {
    // `cargo bench` adds this to what it was given.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    match arguments[..] {
        ["region", folder, aanbieders] => write_region(Path::new(folder), number(aanbieders)),
        ["files", url, prefix, folder, rate] => {
            let messages = files(Path::new(folder));
            let receivers = messages.iter().map(|message| message.afzender.clone()).collect();
            let count = u32::try_from(messages.len()).unwrap();
            let rate = rate.parse().unwrap();
            runtime.block_on(load(url, prefix, messages.into_iter(), receivers, count, rate));
        }
        ["steady", url, prefix, rate, seconds, aanbieders] => {
            let count: u32 = rate.parse::<u32>().unwrap() * seconds.parse::<u32>().unwrap();
            let claims = region::Claims::new(number(aanbieders)).map(|text| Message::of(text.into_bytes()));
            let receivers = (0..number(aanbieders)).map(region::aanbieder).collect();
            let rate = rate.parse().unwrap();
            runtime.block_on(load(
                url,
                prefix,
                claims.take(usize::try_from(count).unwrap()),
                receivers,
                count,
                rate,
            ));
        }
        _ => println!("nothing to measure: see benches/engine/run.py"),
    }
}

fn number(text: &str) -> usize {
    text.parse().unwrap()
}

fn write_region(folder: &Path, aanbieders: usize) {
    std::fs::create_dir_all(folder.join("in")).unwrap();
    std::fs::write(folder.join("contracts.json"), region::contracts(aanbieders)).unwrap();
    for (number, text) in region::assignments(aanbieders).enumerate() {
        std::fs::write(folder.join(format!("in/{number:06}.xml")), text).unwrap();
    }
}

/// A message, and who gets its answer.
struct Message {
    bytes: Vec<u8>,
    afzender: String,
}

impl Message {
    fn of(bytes: Vec<u8>) -> Self {
        let text = std::str::from_utf8(&bytes).unwrap();
        let begin = text.find("Afzender>").unwrap() + "Afzender>".len();
        let end = begin + text[begin..].find('<').unwrap();
        let afzender = text[begin..end].to_owned();
        Self { bytes, afzender }
    }
}

fn files(folder: &Path) -> Vec<Message> {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| Message::of(std::fs::read(path).unwrap())).collect()
}

async fn channel(url: &str) -> (Connection, Channel) {
    let connection = Connection::connect(url, ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    (connection, channel)
}

/// When each message that was not answered yet was published, by its number.
type Open = Arc<Mutex<HashMap<u32, Instant>>>;

/// Publishes `count` messages and waits for as many answers.
async fn load(
    url: &str,
    prefix: &str,
    messages: impl Iterator<Item = Message>,
    receivers: BTreeSet<String>,
    count: u32,
    rate: f64,
) {
    let open = Open::default();
    let answers = tokio::spawn(answers(url.to_owned(), prefix.to_owned(), receivers, count, open.clone()));
    let begun = Instant::now();
    publish(url, prefix, messages, rate, &open).await;
    let published = begun.elapsed();
    let answered = tokio::time::timeout(PATIENCE, answers).await;
    let (times, last) = answered.expect("every message is answered in time").unwrap();
    let elapsed = last - begun;
    let warm = times.into_iter().filter(|(number, _)| *number >= count / 5);
    let mut times: Vec<Duration> = warm.map(|(_, time)| time).collect();
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1e3;
    println!(
        "{{\"messages\":{count},\"seconds\":{:.3},\"published_seconds\":{:.3},\"messages_per_s\":{:.1},\
         \"p50_ms\":{:.1},\"p99_ms\":{:.1},\"max_ms\":{:.1}}}",
        elapsed.as_secs_f64(),
        published.as_secs_f64(),
        f64::from(count) / elapsed.as_secs_f64(),
        at(50),
        at(99),
        at(100)
    );
}

/// Publishes with a window of confirmations, each message at its moment.
async fn publish(url: &str, prefix: &str, messages: impl Iterator<Item = Message>, rate: f64, open: &Open) {
    let (connection, channel) = channel(url).await;
    channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
    let user = url.split("://").nth(1).and_then(|rest| rest.split(':').next()).unwrap().to_owned();
    let exchange = format!("{prefix}.in");
    let mut waiting: VecDeque<PublisherConfirm> = VecDeque::with_capacity(WINDOW);
    let begun = Instant::now();
    for (number, message) in (0_u32..).zip(messages) {
        if rate > 0.0 {
            let due = begun + Duration::from_secs_f64(f64::from(number) / rate);
            tokio::time::sleep_until(due.into()).await;
        }
        let properties = BasicProperties::default()
            .with_delivery_mode(2)
            .with_user_id(user.as_str().into())
            .with_message_id(format!("m{number}").as_str().into());
        open.lock().unwrap().insert(number, Instant::now());
        let options = BasicPublishOptions::default();
        let publish =
            channel.basic_publish(exchange.as_str().into(), "".into(), options, &message.bytes, properties);
        waiting.push_back(publish.await.unwrap());
        if waiting.len() >= WINDOW {
            waiting.pop_front().unwrap().await.unwrap();
        }
    }
    for confirm in waiting {
        confirm.await.unwrap();
    }
    connection.close(200, "klaar".into()).await.unwrap();
}

/// Takes answers until every message has one; how long each took, and when the last came.
async fn answers(
    url: String,
    prefix: String,
    receivers: BTreeSet<String>,
    count: u32,
    open: Open,
) -> (Vec<(u32, Duration)>, Instant) {
    let (connection, channel) = channel(&url).await;
    let mut consumers = Vec::new();
    let queues: Vec<String> = receivers.iter().map(|code| format!("{prefix}.out.{code}.1")).collect();
    for queue in &queues {
        // As the service declares it, which does so with the first message for this receiver.
        let mut quorum = FieldTable::default();
        quorum.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
        let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        channel.queue_declare(queue.as_str().into(), durable, quorum).await.unwrap();
        let (tag, options) = ("".into(), BasicConsumeOptions::default());
        let consumer = channel.basic_consume(queue.as_str().into(), tag, options, FieldTable::default());
        consumers.push(consumer.await.unwrap());
    }
    let mut deliveries = select_all(consumers);
    let count = usize::try_from(count).unwrap();
    let mut times = Vec::with_capacity(count);
    // The queues are read in turns: tags do not come in order.
    let (mut last, mut acknowledged) = (0, 0);
    while times.len() < count {
        let delivery = deliveries.next().await.unwrap().unwrap();
        last = last.max(delivery.delivery_tag);
        let cause = delivery.properties.correlation_id().as_ref().map(|id| id.as_str().to_owned());
        let number = cause.and_then(|id| id.strip_prefix('m')?.parse().ok());
        // What was forwarded to a receiver, and an answer that the broker brings again, is not counted.
        let begun = number.and_then(|number: u32| Some((number, open.lock().unwrap().remove(&number)?)));
        if let Some((number, begun)) = begun {
            times.push((number, begun.elapsed()));
        }
        if last > acknowledged && (times.len() % WINDOW == 0 || times.len() == count) {
            channel.basic_ack(last, BasicAckOptions { multiple: true }).await.unwrap();
            acknowledged = last;
        }
    }
    let end = Instant::now();
    // Hundreds of queues that nobody uses weigh on the next run.
    for queue in &queues {
        channel.queue_delete(queue.as_str().into(), QueueDeleteOptions::default()).await.unwrap();
    }
    connection.close(200, "klaar".into()).await.unwrap();
    (times, end)
}

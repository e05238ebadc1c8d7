import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.dynamodb.DynamoDBItemWritable;
import org.apache.hadoop.dynamodb.read.DynamoDBInputFormat;
import org.apache.hadoop.dynamodb.write.DynamoDBOutputFormat;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapred.FileInputFormat;
import org.apache.hadoop.mapred.FileOutputFormat;
import org.apache.hadoop.mapred.JobClient;
import org.apache.hadoop.mapred.JobConf;
import org.apache.hadoop.mapred.MapReduceBase;
import org.apache.hadoop.mapred.Mapper;
import org.apache.hadoop.mapred.OutputCollector;
import org.apache.hadoop.mapred.Reporter;
import org.apache.hadoop.mapred.TextInputFormat;
import org.apache.hadoop.mapred.TextOutputFormat;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Asks AWS's own connector library. One JSON request a line on standard input, one JSON answer a line on standard output:
 * {"do": "read", "line": ...} gives the item on a line, and the line that the library writes for that item;
 * {"do": "export" or "import", "endpoint", "table", "folder"} runs a job between a table and text files, "read" and "write" its units a second.
 */
public class Oracle {
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  public static void main(String[] args) throws IOException {
    PrintStream answers = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    System.setOut(System.err); // whatever a library prints is no answer
    BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = requests.readLine()) != null; ) {
      answers.println(GSON.toJson(answer(JsonParser.parseString(line).getAsJsonObject())));
    }
  }

  private static JsonObject answer(JsonObject request) {
    try {
      return switch (text(request, "do")) {
        case "read" -> read(text(request, "line"));
        case "export" -> export(request);
        default -> load(request);
      };
    } catch (Throwable error) {
      JsonObject failed = new JsonObject();
      failed.addProperty("failed", error.toString());
      return failed;
    }
  }

  private static JsonObject read(String line) {
    DynamoDBItemWritable item = new DynamoDBItemWritable();
    item.readFieldsStream(line);
    JsonObject answer = new JsonObject();
    answer.add("item", map(item.getItem()));
    answer.addProperty("line", item.writeStream());
    return answer;
  }

  private static JsonObject export(JsonObject request) throws IOException {
    JobConf job = job(request);
    job.setInputFormat(DynamoDBInputFormat.class);
    job.setMapperClass(ToLine.class);
    job.setOutputFormat(TextOutputFormat.class);
    FileOutputFormat.setOutputPath(job, new Path(text(request, "folder")));
    return run(job);
  }

  private static JsonObject load(JsonObject request) throws IOException {
    JobConf job = job(request);
    job.setInputFormat(TextInputFormat.class);
    job.setMapperClass(ToItem.class);
    job.setOutputFormat(DynamoDBOutputFormat.class);
    FileInputFormat.setInputPaths(job, new Path(text(request, "folder")));
    return run(job);
  }

  private static JobConf job(JsonObject request) {
    JobConf job = new JobConf(Oracle.class);
    job.set("mapreduce.framework.name", "local");
    job.set("fs.defaultFS", "file:///");
    job.set("dynamodb.yarn.enabled", "false");
    job.set("dynamodb.endpoint", text(request, "endpoint"));
    job.set("dynamodb.region", "us-east-1");
    job.set("dynamodb.awsAccessKeyId", "testing");
    job.set("dynamodb.awsSecretAccessKey", "testing");
    job.set("dynamodb.input.tableName", text(request, "table"));
    job.set("dynamodb.output.tableName", text(request, "table"));
    job.set("dynamodb.throughput.read", text(request, "read", "400"));
    job.set("dynamodb.throughput.write", text(request, "write", "4000"));
    job.set("dynamodb.throughput.read.percent", "1.0");
    job.set("dynamodb.throughput.write.percent", "1.0");
    job.set("dynamodb.scan.segments", "4");
    job.set("dynamodb.max.map.tasks", "2");
    job.setOutputKeyClass(NullWritable.class);
    job.setOutputValueClass(Text.class);
    job.setNumReduceTasks(0);
    return job;
  }

  private static JsonObject run(JobConf job) throws IOException {
    JobClient.runJob(job);
    return new JsonObject();
  }

  public static class ToLine extends MapReduceBase implements Mapper<Text, DynamoDBItemWritable, NullWritable, Text> {
    @Override
    public void map(Text key, DynamoDBItemWritable item, OutputCollector<NullWritable, Text> lines, Reporter reporter) throws IOException {
      lines.collect(NullWritable.get(), new Text(item.writeStream()));
    }
  }

  public static class ToItem extends MapReduceBase implements Mapper<LongWritable, Text, Text, DynamoDBItemWritable> {
    @Override
    public void map(LongWritable at, Text line, OutputCollector<Text, DynamoDBItemWritable> items, Reporter reporter) throws IOException {
      DynamoDBItemWritable item = new DynamoDBItemWritable();
      item.readFieldsStream(line.toString());
      items.collect(new Text(), item);
    }
  }

  private static String text(JsonObject request, String name) {
    return request.get(name).getAsString();
  }

  private static String text(JsonObject request, String name, String otherwise) {
    return request.has(name) ? text(request, name) : otherwise;
  }

  private static JsonObject map(Map<String, AttributeValue> values) {
    JsonObject found = new JsonObject();
    values.forEach((name, value) -> found.add(name, value(value)));
    return found;
  }

  /** In DynamoDB's own JSON; a value of no type is an empty object. */
  private static JsonObject value(AttributeValue value) {
    JsonObject found = new JsonObject();
    switch (value.type()) {
      case S -> found.addProperty("S", value.s());
      case N -> found.addProperty("N", value.n());
      case B -> found.add("B", binary(value.b()));
      case SS -> found.add("SS", texts(value.ss()));
      case NS -> found.add("NS", texts(value.ns()));
      case BS -> found.add("BS", binaries(value.bs()));
      case BOOL -> found.addProperty("BOOL", value.bool());
      case NUL -> found.addProperty("NULL", value.nul());
      case M -> found.add("M", map(value.m()));
      case L -> found.add("L", list(value.l()));
      default -> { }
    }
    return found;
  }

  private static JsonElement binary(SdkBytes bytes) {
    return new JsonPrimitive(Base64.getEncoder().encodeToString(bytes.asByteArray()));
  }

  private static JsonArray binaries(List<SdkBytes> all) {
    JsonArray found = new JsonArray();
    all.forEach(bytes -> found.add(binary(bytes)));
    return found;
  }

  private static JsonArray texts(List<String> all) {
    JsonArray found = new JsonArray();
    all.forEach(found::add);
    return found;
  }

  private static JsonArray list(List<AttributeValue> all) {
    JsonArray found = new JsonArray();
    all.forEach(value -> found.add(value(value)));
    return found;
  }
}

import os

os.environ["TZ"] = "UTC"
import common  # noqa: E402
import pyarrow as pa  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402

spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", "2")
    .config("spark.sql.parquet.datetimeRebaseModeInRead", "CORRECTED")
    .config("spark.driver.memory", "2g")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("OFF")


def read(path):
    frame = spark.read.parquet(path)
    types = {field.name: field.dataType.simpleString() for field in frame.schema.fields}
    batches = frame._collect_as_arrow()
    return types, common.arrow_rows(pa.Table.from_batches(batches))[1] if batches else []


def literal(value, kind):
    if kind == "double":
        return f"CAST('{value!r}' AS DOUBLE)"
    if kind == "date":
        return f"timestamp_millis({(value - common.EPOCH) // common.dt.timedelta(milliseconds=1)})"
    if kind == "bytes":
        return f"X'{value.hex()}'"
    if kind == "text":
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return f"{value}L" if kind in ("int", "big") else str(value)


def counter(path, pushdown):
    def count(condition):
        spark.conf.set("spark.sql.parquet.filterPushdown", pushdown)
        column = ".".join(f"`{name}`" for name in condition["column"])
        return spark.read.parquet(path).where(common.sql_condition(column, condition, literal)).count()

    return count


common.main(read, lambda path: counter(path, "true"), lambda path: counter(path, "false"))
spark.stop()

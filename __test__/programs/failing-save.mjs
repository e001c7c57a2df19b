// Prints the stack of an error of the package whose address is given.
const { writeCheckpoint } = await import(process.argv[2]);
try {
  await writeCheckpoint('rows.parquet', 'no rows');
} catch (error) {
  console.log(JSON.stringify(error.stack));
}

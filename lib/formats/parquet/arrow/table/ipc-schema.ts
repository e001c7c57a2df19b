import { TYPE, typeFields, type ArrowField, type ArrowType } from './arrow-type.js';
import type { FlatValue } from './flat-writer.js';

/** A field with the number of its dictionary. `children` and `type` are then those of the dictionary's values. */
export interface IpcField {
  name: string;
  nullable: boolean;
  type: ArrowType;
  children: readonly IpcField[];
  dictionary?: { id: number; indices: ArrowType };
}

/** The fields of a schema; each dictionary has a number of its own. */
export function ipcFields(fields: readonly ArrowField[]): IpcField[] {
  let dictionaries = 0;
  // Libraries mark columns as never null that have nulls. Only what cannot be null at all is not nullable here.
  const fieldOf = ({ name, type }: ArrowField, nullable = true): IpcField => {
    const isDictionary = type.typeId === TYPE.dictionary;
    const values = isDictionary ? (type.dictionary as ArrowType) : type;
    const children = (values.children ?? []).map((child, index) => {
      const isKey = !nullable && values.typeId === TYPE.struct && index === 0;
      return fieldOf(child, !(isKey || values.typeId === TYPE.map || (values.typeId === TYPE.runEnds && index === 0)));
    });
    const field: IpcField = { name: String(name), nullable, type: values, children };
    return isDictionary ? { ...field, dictionary: { id: dictionaries++, indices: type.indices as ArrowType } } : field;
  };
  return fields.map((field) => fieldOf(field));
}

/** The table `Schema` of Schema.fbs, little-endian. What fields say of themselves beside their types is left out: nobody reads it here. */
export function schemaTable(fields: readonly IpcField[]): (FlatValue | undefined)[] {
  return [{ int16: 0 }, { tables: fields.map(fieldTable) }];
}

function fieldTable({ name, nullable, type, children, dictionary }: IpcField): (FlatValue | undefined)[] {
  return [
    { text: name },
    { int8: nullable ? 1 : 0 },
    { int8: type.typeId },
    { table: typeFields(type) },
    dictionary && { table: [{ int64: dictionary.id }, { table: typeFields(dictionary.indices) }] },
    { tables: children.map(fieldTable) },
  ];
}

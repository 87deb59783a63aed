//! What a table's columns are in Parquet, and how each is encoded.

use std::sync::Arc;

use docmill_core::Offsets;
use parquet::{
    basic::{ConvertedType, Encoding, LogicalType, Repetition, Type as Physical},
    errors::ParquetError,
    file::{
        metadata::KeyValue,
        properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr},
    },
    schema::types::{ColumnPath, GroupTypeBuilder, SchemaDescriptor, Type, TypePtr},
};

use super::columns::{Column, Kind, Leaf, Table};

/// The key of the file's own metadata that says what docmill wrote: JSON.
pub(crate) const FOOTER_KEY: &str = "docmill";

/// How large a page grows, in bytes, about, but for those of [`texts`](super::texts). The memory of pages of 1 MiB, as is
/// usual, goes back to the system after each.
const PAGE_BYTES: usize = 64 << 10;

/// A table's form in Parquet.
#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) root: TypePtr,
    /// Its columns of values, and how they are written.
    pub(crate) leaves: SchemaDescriptor,
    pub(crate) properties: WriterPropertiesPtr,
    /// How hard zstd compresses.
    pub(crate) level: i32,
}

impl Schema {
    /// The form of a table whose rows are compressed at this level of zstd.
    pub(crate) fn new(table: &Table, level: i32, offsets: Offsets) -> Result<Self, ParquetError> {
        let columns = table.columns.iter().map(of_column).collect::<Result<_, _>>()?;
        let root = Arc::new(Type::group_type_builder("document").with_fields(columns).build()?);
        let footer = serde_json::json!({ "docmill": 1, "offsets": offsets.name() }).to_string();
        let mut properties = WriterProperties::builder()
            .set_created_by(concat!("docmill version ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_key_value_metadata(Some(vec![KeyValue::new(FOOTER_KEY.to_owned(), footer)]))
            .set_statistics_enabled(EnabledStatistics::None)
            .set_offset_index_disabled(true)
            .set_data_page_size_limit(PAGE_BYTES);
        let leaves = SchemaDescriptor::new(root.clone());
        let cells = table.columns.iter().flat_map(Column::leaves).map(|leaf| &leaf.cell);
        for (leaf, cell) in leaves.columns().iter().zip(cells) {
            let path: ColumnPath = leaf.path().clone();
            properties = properties.set_column_dictionary_enabled(path.clone(), !cell.is_unique());
            if cell.kind() == Kind::Int {
                properties =
                    properties.set_column_encoding(path.clone(), Encoding::DELTA_BINARY_PACKED);
            }
            if cell.is_selected_by() {
                let chunk = EnabledStatistics::Chunk;
                properties = properties.set_column_statistics_enabled(path, chunk);
            }
        }
        Ok(Schema { root, leaves, properties: Arc::new(properties.build()), level })
    }
}

fn of_column(column: &Column) -> Result<TypePtr, ParquetError> {
    let Column::List { name, leaves, .. } = column else {
        return column.leaves().first().map_or_else(
            || Err(ParquetError::General("a column without values".to_owned())),
            of_leaf,
        );
    };
    let fields = leaves.iter().map(of_leaf).collect::<Result<Vec<_>, _>>()?;
    let element = Arc::new(group("element", Repetition::REQUIRED, fields).build()?);
    let list = Arc::new(group("list", Repetition::REPEATED, vec![element]).build()?);
    let column = group(name, Repetition::OPTIONAL, vec![list]);
    let column = column.with_logical_type(Some(LogicalType::List));
    Ok(Arc::new(column.with_converted_type(ConvertedType::LIST).build()?))
}

fn of_leaf(leaf: &Leaf) -> Result<TypePtr, ParquetError> {
    let (physical, logical) = match leaf.cell.kind() {
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Int => (Physical::INT32, None),
        Kind::Float => (Physical::FLOAT, None),
        Kind::Double => (Physical::DOUBLE, None),
        Kind::Bool => (Physical::BOOLEAN, None),
    };
    let optional = leaf.cell.optional();
    let repetition = if optional { Repetition::OPTIONAL } else { Repetition::REQUIRED };
    let column = Type::primitive_type_builder(&leaf.name, physical).with_repetition(repetition);
    Ok(Arc::new(column.with_logical_type(logical).build()?))
}

fn group(name: &str, repetition: Repetition, fields: Vec<TypePtr>) -> GroupTypeBuilder<'_> {
    Type::group_type_builder(name).with_repetition(repetition).with_fields(fields)
}

/// Stands for the organization in the type of its identifier; the record lives in the kernel.
public enum OrganizationTag {}

/// The identifier of an organization, the first column of each key of a business table.
public typealias OrganizationID = ID<OrganizationTag>

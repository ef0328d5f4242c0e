using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Collections.Immutable;

namespace TrainLint.Runtime.Tests.Contract;

/// <summary>
/// The assembly is compiled against the stand-in and runs against the library: each member that it refers to must be there, with the same
/// signature, in the oldest and the newest supported version.
/// </summary>
public sealed class BindingTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var framework in new[] { "netstandard2.0", "net8.0" })
            {
                foreach (var version in new[] { "0.102.8", "0.105.2", "0.107" })
                    cases.Add(framework, version);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_member_is_in_the_library(string framework, string version)
    {
        var list = Repository.PathOf($"../shared/torchsharp-api/TorchSharp-{version}.tsv");
        if (!File.Exists(list))
            Assert.Skip("The lists of TorchSharp's public surface do not lie beside this checkout.");
        var lines = File.ReadLines(list).Select(line => line.Split('\t', 2)).ToList();
        var members = lines.Select(part => part[0]).ToHashSet(StringComparer.Ordinal);
        // A return type is part of a reference, and of an identifier only for conversions.
        var texts = lines.GroupBy(part => part[0]).ToDictionary(group => group.Key, group => group.First()[1]);

        var references = References(framework).ToList();
        var missing = references.Where(reference => !members.Contains(reference.Id)).Select(reference => reference.Id).ToList();
        Assert.True(missing.Count == 0, $"not in TorchSharp {version}:\n{string.Join('\n', missing)}");
        var other = references.Where(reference => reference.Returns is not null && !Returns(texts[reference.Id], reference.Returns)).Select(reference => $"{reference.Id} returns {reference.Returns}, not as in: {texts[reference.Id]}").ToList();
        Assert.True(other.Count == 0, string.Join('\n', other));
        Assert.True(references.Count > 60, $"Only {references.Count} references were found.");
    }

    [Fact]
    public void The_reference_is_by_name_alone()
    {
        foreach (var framework in new[] { "netstandard2.0", "net8.0" })
        {
            using var file = new PEReader(File.OpenRead(Path.Combine(Repository.Runtime, framework, "TrainLint.Runtime.dll")));
            var reader = file.GetMetadataReader();
            var torch = reader.AssemblyReferences.Select(reader.GetAssemblyReference).Single(reference => reader.GetString(reference.Name) == "TorchSharp");
            Assert.True(torch.PublicKeyOrToken.IsNil);
            Assert.True(torch.Version <= new Version(1, 0, 0, 0), torch.Version.ToString());
        }
    }

    /// <summary>The reader is right: it finds members that are not there.</summary>
    [Fact]
    public void Identifiers_are_those_of_documentation()
    {
        var ids = References("net8.0").Select(reference => reference.Id).ToHashSet(StringComparer.Ordinal);
        Assert.Contains("P:TorchSharp.torch.Tensor.grad", ids);
        Assert.Contains("M:TorchSharp.torch.nn.Module.named_parameters(System.Boolean)", ids);
        Assert.Contains("M:TorchSharp.torch.Tensor.reshape(System.Int64[])", ids);
        Assert.Contains("M:TorchSharp.torch.nn.HookableModule`2.register_forward_hook(`1)", ids);
        Assert.Contains("T:TorchSharp.torch.Tensor", ids);
        Assert.DoesNotContain("M:TorchSharp.torch.Tensor.data", ids);
    }

    private static bool Returns(string text, string type) => text.Contains($" {type} ", StringComparison.Ordinal) || text.StartsWith(type + " ", StringComparison.Ordinal)
        || text.Contains($" {type}? ", StringComparison.Ordinal);

    /// <summary>What an assembly refers to in TorchSharp, by documentation identifier; with the return type, where it is a plain type of the library.</summary>
    private static IEnumerable<(string Id, string? Returns)> References(string framework)
    {
        using var file = new PEReader(File.OpenRead(Path.Combine(Repository.Runtime, framework, "TrainLint.Runtime.dll")));
        var reader = file.GetMetadataReader();
        var names = new Names(reader);
        foreach (var handle in reader.TypeReferences)
        {
            if (names.IsTorch(handle))
                yield return ("T:" + names.Of(handle), null);
        }

        foreach (var handle in reader.MemberReferences)
        {
            var member = reader.GetMemberReference(handle);
            var owner = member.Parent.Kind switch
            {
                HandleKind.TypeReference => (TypeReferenceHandle)member.Parent,
                HandleKind.TypeSpecification => names.Definition((TypeSpecificationHandle)member.Parent),
                _ => default,
            };
            if (owner.IsNil || !names.IsTorch(owner))
                continue;
            var name = reader.GetString(member.Name);
            if (member.GetKind() == MemberReferenceKind.Field)
            {
                yield return ($"F:{names.Of(owner)}.{name}", null);
                continue;
            }

            var signature = member.DecodeMethodSignature(names, null);
            var parameters = signature.ParameterTypes.Length == 0 ? "" : $"({string.Join(',', signature.ParameterTypes)})";
            var returns = signature.ReturnType.StartsWith("TorchSharp.", StringComparison.Ordinal) && !signature.ReturnType.Contains('{', StringComparison.Ordinal) ? signature.ReturnType : null;
            if (name.StartsWith("get_", StringComparison.Ordinal) && signature.ParameterTypes.Length == 0 || name.StartsWith("set_", StringComparison.Ordinal) && signature.ParameterTypes.Length == 1)
                yield return ($"{Kind(name)}:{names.Of(owner)}.{Strip(name)}{(Kind(name) == 'M' ? parameters : "")}", returns);
            else
                yield return ($"M:{names.Of(owner)}.{name.Replace('.', '#')}{(signature.GenericParameterCount > 0 ? "``" + signature.GenericParameterCount : "")}{parameters}{(IsConversion(name) ? "~" + signature.ReturnType : "")}", IsConversion(name) ? null : returns);
        }
    }

    private static bool IsConversion(string name) => name is "op_Implicit" or "op_Explicit";

    // Some methods of the library are named as accessors are.
    private static char Kind(string name) => name is "get_rng_state" or "set_rng_state" or "get_default_device" ? 'M' : 'P';

    private static string Strip(string name) => Kind(name) == 'M' ? name : name[4..];

    /// <summary>Types in the notation of documentation identifiers.</summary>
    private sealed class Names(MetadataReader reader) : ISignatureTypeProvider<string, object?>
    {
        public bool IsTorch(TypeReferenceHandle handle)
        {
            var type = reader.GetTypeReference(handle);
            return type.ResolutionScope.Kind switch
            {
                HandleKind.TypeReference => IsTorch((TypeReferenceHandle)type.ResolutionScope),
                HandleKind.AssemblyReference => reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name) == "TorchSharp",
                _ => false,
            };
        }

        public string Of(TypeReferenceHandle handle)
        {
            var type = reader.GetTypeReference(handle);
            var name = reader.GetString(type.Name);
            if (type.ResolutionScope.Kind == HandleKind.TypeReference)
                return Of((TypeReferenceHandle)type.ResolutionScope) + "." + name;
            var space = reader.GetString(type.Namespace);
            return space.Length == 0 ? name : space + "." + name;
        }

        /// <summary>The definition that a constructed type is made of.</summary>
        public TypeReferenceHandle Definition(TypeSpecificationHandle handle)
        {
            var blob = reader.GetBlobReader(reader.GetTypeSpecification(handle).Signature);
            if (blob.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
                return default;
            blob.ReadByte();
            var definition = blob.ReadTypeHandle();
            return definition.Kind == HandleKind.TypeReference ? (TypeReferenceHandle)definition : default;
        }

        public string GetArrayType(string elementType, ArrayShape shape) => $"{elementType}[{string.Join(',', Enumerable.Repeat("0:", shape.Rank))}]";

        public string GetByReferenceType(string elementType) => elementType + "@";

        public string GetFunctionPointerType(MethodSignature<string> signature) => "=FUNC";

        public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments)
        {
            // The arguments belong to the innermost type that counts some.
            var tick = genericType.LastIndexOf('`');
            return tick < 0 ? genericType : $"{genericType[..tick]}{{{string.Join(',', typeArguments)}}}{genericType[(tick + 1)..].TrimStart("0123456789".ToCharArray())}";
        }

        public string GetGenericMethodParameter(object? genericContext, int index) => "``" + index;

        public string GetGenericTypeParameter(object? genericContext, int index) => "`" + index;

        public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

        public string GetPinnedType(string elementType) => elementType;

        public string GetPointerType(string elementType) => elementType + "*";

        public string GetPrimitiveType(PrimitiveTypeCode typeCode) => "System." + typeCode;

        public string GetSZArrayType(string elementType) => elementType + "[]";

        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => reader.GetString(reader.GetTypeDefinition(handle).Name);

        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => Of(handle);

        public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);
    }
}

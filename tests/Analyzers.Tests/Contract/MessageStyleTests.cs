using System.Globalization;
using Xunit;

namespace TrainLint.Analyzers.Tests.Contract;

public class MessageStyleTests
{
    [Theory]
    [MemberData(nameof(Repository.RuleIds), MemberType = typeof(Repository))]
    public void Texts_read_like_those_of_the_compiler(string id) => Assert.All(Repository.Rule(id).Descriptors, descriptor =>
    {
        var title = descriptor.Title.ToString(CultureInfo.InvariantCulture);
        var message = descriptor.MessageFormat.ToString(CultureInfo.InvariantCulture);
        Assert.NotEmpty(title);
        Assert.False(IsOneSentence(title) && title.EndsWith('.'), $"The title of {id} ends in a full stop: {title}");
        Assert.False(IsOneSentence(message) && message.EndsWith('.'), $"The message of {id} ends in a full stop: {message}");
        Assert.True(message.Contains("{0}", StringComparison.Ordinal), $"The message of {id} names nothing of the code: {message}");
        Assert.NotEmpty(descriptor.Description.ToString(CultureInfo.InvariantCulture));
    });

    private static bool IsOneSentence(string text) => !text.TrimEnd('.').Contains(". ", StringComparison.Ordinal);
}

// SPDX-License-Identifier: Apache-2.0

/// Answers as real stores sent them: SeaweedFS 4.48, ministack 1.5, and AWS' documentation.
enum SamplePages {
  static let seaweedFSList = """
    <?xml version="1.0" encoding="UTF-8"?>
    <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bkt</Name><Prefix></Prefix><MaxKeys>1000\
    </MaxKeys><Delimiter>/</Delimiter><IsTruncated>false</IsTruncated><Contents><Key>a+b%2Bc</Key><ETag>&#34;9dd4e4612\
    68c8034f5c8564e155c67a6&#34;</ETag><Size>1</Size><StorageClass>STANDARD</StorageClass><LastModified>2026-11-21T11:0\
    4:55Z</LastModified></Contents><Contents><Key>q%22%26%3C</Key><ETag>&#34;9dd4e461268c8034f5c8564e155c67a6&#34;</ETa\
    g><Size>1</Size><StorageClass>STANDARD</StorageClass><LastModified>2026-11-21T11:04:55Z</LastModified></Contents><C\
    ommonPrefixes><Prefix>d/</Prefix></CommonPrefixes><EncodingType>url</EncodingType><KeyCount>3</KeyCount></ListBucke\
    tResult>
    """

  static let ministackList = """
    <?xml version="1.0" encoding="UTF-8"?>
    <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bkt</Name><Prefix /><EncodingType>url</Enco\
    dingType><MaxKeys>2</MaxKeys><KeyCount>2</KeyCount><IsTruncated>true</IsTruncated><NextContinuationToken>ZC9l</Next\
    ContinuationToken><Contents><Key>a%20b%2Bc</Key><LastModified>2026-11-21T11:04:57.219Z</LastModified><ETag>"9dd4e46\
    1268c8034f5c8564e155c67a6"</ETag><Size>1</Size><StorageClass>STANDARD</StorageClass></Contents><Contents><Key>d/e</\
    Key><LastModified>2026-11-21T11:04:57.225Z</LastModified><ETag>"9dd4e461268c8034f5c8564e155c67a6"</ETag><Size>1</Si\
    ze><StorageClass>STANDARD</StorageClass></Contents></ListBucketResult>
    """

  /// S3 API Reference, ListObjectsV2, with the checksum elements of newer answers; not URL-encoded.
  static let awsList = """
    <?xml version="1.0" encoding="UTF-8"?>
    <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
      <Name>bucket</Name>
      <Prefix/>
      <KeyCount>1</KeyCount>
      <MaxKeys>1000</MaxKeys>
      <IsTruncated>false</IsTruncated>
      <Contents>
        <Key>my+image%20&amp;.jpg</Key>
        <LastModified>2009-10-12T17:50:30.000Z</LastModified>
        <ETag>&quot;fba9dede5f27731c9771645a39863328&quot;</ETag>
        <ChecksumAlgorithm>CRC32</ChecksumAlgorithm>
        <ChecksumType>FULL_OBJECT</ChecksumType>
        <Size>434234</Size>
        <StorageClass>GLACIER</StorageClass>
        <Owner><ID>75aa</ID></Owner>
        <RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress></RestoreStatus>
      </Contents>
    </ListBucketResult>
    """

  static let seaweedFSParts = """
    <?xml version="1.0" encoding="UTF-8"?>
    <ListPartsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>bkt</Bucket><IsTruncated>true</IsTruncated\
    ><Key>mp</Key><MaxParts>1</MaxParts><NextPartNumberMarker>1</NextPartNumberMarker><PartNumberMarker>0</PartNumberMa\
    rker><Part><ETag>&#34;79b281060d337b9b2b84ccf390adcf74&#34;</ETag><LastModified>2026-11-21T11:04:55Z</LastModified>\
    <PartNumber>1</PartNumber><Size>5242880</Size></Part><StorageClass>STANDARD</StorageClass><UploadId>91f6</UploadId>\
    </ListPartsResult>
    """

  static let seaweedFSUploads = """
    <?xml version="1.0" encoding="UTF-8"?>
    <ListMultipartUploadsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>bkt</Bucket><Delimiter></Delimi\
    ter><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><KeyMarker></KeyMarker><MaxUploads>10000</MaxUp\
    loads><Prefix></Prefix><Upload><Initiated>2026-11-21T11:04:55Z</Initiated><Key>m+p</Key><UploadId>91f6_967b</Upload\
    Id></Upload></ListMultipartUploadsResult>
    """

  static let seaweedFSError = """
    <?xml version="1.0" encoding="UTF-8"?>
    <Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Resource>/bkt/nope</Resource><Req\
    uestId>18EA0AA2A16E44A9A9E461B6</RequestId><Key>nope</Key><BucketName>bkt</BucketName></Error>
    """

  static let all = [seaweedFSList, ministackList, awsList, seaweedFSParts, seaweedFSUploads, seaweedFSError]
}

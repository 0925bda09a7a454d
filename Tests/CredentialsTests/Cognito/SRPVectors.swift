// SPDX-License-Identifier: Apache-2.0
//
// Made by srp_vectors.py beside this file: the other side of the arithmetic, in Python. Not to be edited.

import Testing

struct SRPVector: Sendable, CustomTestStringConvertible {
  let name: String
  let pool: String
  let user: String
  let password: String
  let a: String
  let salt: String
  let B: String
  let block: String
  let timestamp: String
  /// SHA-256 of the bytes, without leading zeros.
  let digestOfA: String
  let u: String
  let x: String
  let digestOfS: String
  let key: String
  let signature: String

  var testDescription: String { name }

  static let all: [SRPVector] = [
    SRPVector(
      name: "every number has its top bit", pool: "Ab3dEf9hI", user: "3f0c1d2e-0000-4000-8000-5b6a7c8d9e0f",
      password: "Correct-horse-9",
      a: """
        b485f55ac8c752d6d25d79e0322b469b637821390d6dac89c4ba3e14d8d83085a34721685e3f3b3e9a3a21d3e5624b79\
        9046647e2ed835518abc749196c0ad521b3161a675fa9b1264bdfec8cd8df957941538bf57d2fc265c4cac0826e52d9e\
        862535b6ed498f874818ab4b97c121ff675ae69dfe49ac07981f553d15235422
        """, salt: "c7da5066e99b6b53ab7e291f587c94c3",
      B: """
        d911f23dad79993bd8aa983eba17f0b98618704ca0d708fe04e2cd033f10cbed9e6eac083aee4778274bdcd694fdd7c2\
        c3a1184f92df629bcb99af73079588e08c67bf65167b6745a881da61ca2635c011ac99fe21d3c4e8a341bd61b944294f\
        639bdbf55c16f43d8c14ef9d6cf5ceef2f2b9718de456bc9ad83a732acdab8b451791a6cd6cf1cd8e3369bc9370a1100\
        6adacbfc970b1e98328c1230f6c7f7cc9042011e378b6b487b53bd192d452557c4ad50c2df61da457f082d1a3bca877a\
        b5d825dd444bdd8f50061c136379de909f38c59a1ec8779c520afbac33016fcdba68cdbdcf44a264895bf42c5cd5d255\
        ba7853660a5fdf2a1300868b4769fcee252e91231c733199bec26172095e266530678582d66bd9289b8a35e6766cf16f\
        cefb3eb11cc5e8c21b7c0bcb606ad10e0366d9a84da6c54d54049b1bb64b8ee2eb6023173eb62817e42c0435d02e0193\
        1ae7c1ec701a4281603bfc7e33c60ffc8bfa78294861fb289daec5458261a2c6e9daba7dae1ef8d2a8e296be24d1edf5
        """,
      block: """
        61JlAsbSinCetM3nHAlpFqs0sqvNvw891sYXZlg93yIUblRW95vAaG5mWe7f8orWIC6ks1YelQ8h8PSJUT8m4OvJU4JeeLNT\
        yl5uZBijs3Sik/+JnveQyZfGJaR3B5cm
        """, timestamp: "Tue Dec 1 09:05:07 UTC 2026",
      digestOfA: "658fce71e972137d0910b8a6ba29b108a23a7b7491cbf37af37dd932e5dbe795",
      u: "d2830bc2f66504bc248a5a5d27472e89a3786bdb997872cd20efbaa82a343b80",
      x: "8ff9a51032c79c25de99b2aef3f6d044a9ac2e1b3136d8ae91ce51ef4c64f842",
      digestOfS: "d7a0a5a9f066a814807f9c909d3581a389f25e4d4784f14576902a1e656cc8a1",
      key: "1ded0f7564e37b13788a8651a41d2599", signature: "CeQlsm9KVa1szRfGMPnaS80EbK9uQDDasZQ0/yzlwec="),
    SRPVector(
      name: "no number has its top bit", pool: "Ab3dEf9hI", user: "3f0c1d2e-0000-4000-8000-5b6a7c8d9e0f",
      password: "Correct-horse-9",
      a: """
        964d951019744be618e90c999533d81456f2bdfa97c8cf7274a3ceb5dd776ef115d084afccb24d56ee831a98345ec51a\
        2d68f4bef3ed4d24d19d8cd03a1e60f9ab33ce2c4679241ef5f0d6ff02700591d13c12628b9c867ae365a6bc15a8bb70\
        39502436cb082f740b8b5f69aa40275d7d9590dfa41c6646bd36d8ac02a0e2c1
        """, salt: "61898a3d2e311d60167ba501c70051b4",
      B: """
        611c459655394a5fd4475b500194c5a455cb4c206bd940385579b990d0ee3767fbceaebf5be186a93049e8b1dd180aaf\
        e061275dcf5648826cbc8ff750d8374bac1fc9a6dd5f62588104cc45127799b2ec0c5c573adeee08678f03fd02c49210\
        14f826423f7b88dba3b5fcd6a83f1e643a24c05da76de3c20b812027f5b0d24bb92a069bab1316efb4e577e797f456ac\
        ae02b209bb0424ba185db7b9f5369ac4e1cea8b702b9aa415cfa9d7119a59f93ec733cd84e51e58d7c98387cd48c384c\
        b7e88ee9d01dfdd82eaf341658e6c49c5bd9e1cede6299424745bf3e904cd992df2010315cf7e78d446d812aa974c1aa\
        a71e7b746f7dc9c06457d088fbe44058572453d8dd285583ff6c2ef9a60988317781bf893d7ed10cbc5868b97ad56260\
        23f384e6a9c64c2c6eaa6735a6872cc1709bc812bb661700f596cb91afb4d6f2ed5f5537569a30dd7da46906c8fbddd9\
        1db481167de75a76ad29068493ddc943bea92abcc3da614f19decc2150c8baf9b4abaed5bef2a615059c34f8367c6dd8
        """,
      block: """
        /44h+J4xSLV+Jim4Y1tSsmJaXInHvlXbuAOYxj+/McTmU/Narl7uWfJsPANav7BlbBKiaHiNuRs/GJMDE4toPt6nRKdd4XBO\
        nqlcLZcNCTBg6+PECVU+I4Xse4VhGB9E
        """, timestamp: "Tue Dec 1 09:05:07 UTC 2026",
      digestOfA: "3a9c45565558af0b83430721a8cc8bd03a982b98412f6741c9855fd9cf21fc14",
      u: "60b532a5610a6445375056b7ab3111c1a40e68ddf1861b1841a0d1a3767ea76e",
      x: "8ee3d73d4c5471b441ab275162640dc157b6bf7633581bc2648df71c5c65d659",
      digestOfS: "7ce69fe566b297e437a88034c395a780e63ddfb9a011fc338805de0910ec8987",
      key: "cf6b55c9317f4baac2c6024bf702cb99", signature: "wr9Y97Vje5hpRF9bC631s8nxPM6R+2NTd+sCAxuQnPE="),
    SRPVector(
      name: "A begins with a zero byte", pool: "Ab3dEf9hI", user: "3f0c1d2e-0000-4000-8000-5b6a7c8d9e0f",
      password: "Correct-horse-9",
      a: """
        db78da331b457127bd542c63755fc2fe4a6af8f34333122ee003e60873025c876fbf6abc1ab7c1c18f0f39677e751f87\
        a4c36bf0c582987564014374500f4e7b150ba2b94c4828c97d2c717f2c77c0bf4b2375b8db856a33404089aa2b78d701\
        be69a8642e5a593f9ef4c1fe5ea462e63e8e47e76fb006a84c494c1d1eb840df
        """, salt: "197e4cc015c16ac101da3aa1c1b668de",
      B: """
        d5a88cb1ea6a9452c54f2bc3f865fe8edee252a78b0ce3d56d3070bda79135857208f9bdfce463d0fbb542901e2b4030\
        ec2fa1a864d3d4950a38aa08a99f22a9e03b6850c0861ef5f7de862d33f27512d3f899025970ca1d269811b6d1ca8dfc\
        88493c96dbb4f9e3cf29de73ae8b721f9bd5d35d07f92d14735b8c09167be6e31a4782a4b9e1ca6e0cde7dbdad551069\
        dbd53b7006e2253df03b3d5f685b71f921d7dc50fe8a495d1f16978d918e4d995c207c500304f3cfac2e142b2a386c82\
        1f83e7e4a3721620bae8b18dcf82110678ef5234545eb84c3eb2efc7ceca801725daaec520e189d8b4d971db5f4e527d\
        4439dd1d6aee2f6ac2d1fd6f2df5a3bd267f12db9657781a8f238b3559b84d32da944923cb27c8441b02d357cc67b701\
        1b9f24b77ca43790ba20f3b0c326778fd44480489904d3cd92f31607ff1ed8fb623d3b6591d029bb89773123c4dfa13a\
        aea7f309ba251187b833e24f0568cb88ded1170de84cc089d68911d189936522ce3bcead0044a43a3d979338f6e5f4ce
        """,
      block: """
        pJwpgt1Z4ZzNcWzXQ+QsuWFOoTY61j0JPIRS5m+lwmXN61iiaIvFHkDXRgewfKLZKQDdZaToKBo9qczoVmiIb1o0OAaTOWSo\
        yA1YCaysiK9TOLKTfC+yQDiak9Qx1KNM
        """, timestamp: "Tue Dec 1 09:05:07 UTC 2026",
      digestOfA: "872fe2440c57f7ad43f73fcafd4de624343896b496c1bd4faa34000794b9733f",
      u: "ebb3f64d2da941fa9b04ea3cec516ebd03b128e8c900ab18d9463bf1ea8fe070",
      x: "5e83379bcd65f984d8dde6fd5bda30ff1fdcad32220da78cccf72b4a824adfd8",
      digestOfS: "678632fc881aa0c50e7388efe2a23927df8fdf79d49e52d314d08da8d8e6b9d9",
      key: "3b2b47be1155ad7a15b44626121467a0", signature: "+iKHRJwm/pLflfDAnlHRWLvF1vFPaw2il0aGjRDh3oA="),
    SRPVector(
      name: "B begins with a zero byte", pool: "Ab3dEf9hI", user: "3f0c1d2e-0000-4000-8000-5b6a7c8d9e0f",
      password: "Correct-horse-9",
      a: """
        90fc63ecfe05246b8c3b3a24298815a8c3526f2b577bb7c212c318f62cced214d0f3337f71d1eeee2dfb75be24983b90\
        20cd644cfee96a53a834f52f1711ce95e46e0d9f0c150f0c8a26f8f8b002e96d84ae2699af081d5ed4394fc34a3d5671\
        1ca43f5c252eb183728633e267328bc201ad18956ae8cf8b9c0bc1b78f012d94
        """, salt: "05ccc0bd2cf4a0384de057451d39d7fc",
      B: """
        53d201bbcf7f0f23091371ae36228cd0e5f10338a513a3ad9aa693f12183882943b7508e8cce7318067b7f1792d4ef13\
        a4d509dda4933a47860476011209376dca057cf72c1586d9c55611c0fe614d0c53a246b312f69536457f7a1208cbea8a\
        9017d183d74821c0c41c87a714782c1ab13dae43bfe50228c3681b3a3d56312f8e4ad19bf90fb2d9e00a488f2c531a10\
        2f971e9b2215ff0674a61ec6a568a7fd098a14c72f6c2cd20e0ed4e4f0ef46cea9038f23e07c388c6da6de484250decb\
        db8a1b00e1baaa1e81a98d2a9876e5b97b024ec9a35ee3ca0ca3f76ae4f0e51f2bed5e60bc454a0f325a2e298f87e14a\
        aaafb8a6a4950f5963b7e80ae2390aea880ab9e08963475596409d0b686885fb966b089353d3613fde5bd8c3d01251eb\
        b8c72bb6271bff846d8f2a14538411f49a3a1aa6fd19afd44d6aba827f8e11d7e397d8ab7ca2fd37e5e779cf5f79087d\
        a8fd8f95622af0262e574a392ed4ce87811d4a388f0a9709ba12b882bdc8b930dc997f19cfecba0fdad310f8105659
        """,
      block: """
        rWD44+PHYlkDLjYqHdT9rOA7vD57INJmQqi+vU16Lb3uXy74iA8Uw2oVWYpV7/TyalOP34xo/o+5/lBo5Qt0iTwTpQMT0W0G\
        zVcArkiL+yLtq4FqPJIGSNgNiK+qzr6F
        """, timestamp: "Tue Dec 1 09:05:07 UTC 2026",
      digestOfA: "9300d3e8f7062788b8a9cd0bbcee97b5cb96be55c273caedcf5be8c736a9d25c",
      u: "13b665cbd8ba588eacb1d90c97f4e64a7d4994cc6e3bae9ac493aa9d9064d8f8",
      x: "f8f75dcfb2bf78e0da90dacfab5bb402fd9a9176b109a31e712e93424592ee5d",
      digestOfS: "1949387ee9ce9391ed142cd467f480eb974ce05aeca7cde265d767d5638fba2c",
      key: "0e22236f63ee154adb6d45d2d4d53fce", signature: "K3aTPTH85CiGLb+dx5ssAng3uJ/4uLeIXnK7BHZz2Mo="),
    SRPVector(
      name: "S begins with a zero byte", pool: "Ab3dEf9hI", user: "3f0c1d2e-0000-4000-8000-5b6a7c8d9e0f",
      password: "Correct-horse-9",
      a: """
        212c8e630885c5b00fa7b878ad70bc0c3bb6b8214a9f171392d602385ff97119828ba1318391787407b13b5f2a28d5cf\
        893748d4d9a8b41b143d397bde670052675206d4ea4ac68ae644f4285169305927f396c117e1474d2292f36b2f9fab50\
        ebf3aa9052944261fbbd8af17dc8b86727828fd85cc767575e5a65890607fd1f
        """, salt: "39afd77f026960ac1c3c0c4e994ab06f",
      B: """
        237fd1ecb2230ba61d18c6447b2d34e676a902dd8dce3281d655f8f9704a2b78827cefce5348972510d1a1a6346068da\
        415256ac652d6c82262201dc4eaeace79b4d994bc57c64d714d7936be0b70ee53a43f3e8862c0fcf6d7f8ed1fe447a87\
        28d1a1e2a40461e025da693295fb557aed54a52bb742af895942971bc44757f825fdf0e6e326c4ebb22b18faa9a2c7c8\
        18ca6b870de294e04f473778cfe87d31dff2eb50e85bc72d7dea6d3f88e266ca3feea3d4fa32edf6532d2ac3a5b536d7\
        89660498aff87aef7c478664a162ae3f1763b271a9b9e19f54555f895cf357b080a81d40c7180613d092d40da11dc7f1\
        88191e0659f3d5f118fed504d0ad66b6b2cdf47b207a46c9d28e2440c8afa70ca519a271c30ee2fcb95480f4f63f5e52\
        8a10f4f50d777ff4197df51ef425ea0a2fa98112e75a7e75d97429b04738b5669ff619e0acf28108cdd4f41868ca15f8\
        616795513423ffbc8e39021c25e28980e1514aa1e4175ac74d2e0398ee7eed25b9cd26c78a51335e5040fbff5f77e99a
        """,
      block: """
        9WEvhnm12d7GxraWas4HnGbc6EP+ipycaiYDYuHz1+Fjindi6eyL8uj3CEsmgdYkGacS1omuzCddyVjM9xacJ277twxdYvGW\
        osIhI0IjxcbC0J0IOE5ZnaeXaTictINx
        """, timestamp: "Tue Dec 1 09:05:07 UTC 2026",
      digestOfA: "836244b798b494613be14b8818d058e574c6c70d8a0d79ac5b5e012dd567602d",
      u: "e52c4c724d666a127b9847d98530d3b84dc49f4b830219a78176f19bbf6ee90a",
      x: "c06d695f2485cffeab0bc6d6ac29b3c9dedf3616895b9bcb187a13e32dae57ee",
      digestOfS: "26cd83ca7d6352691d28a74ca77a001c2d66a60159101274b20b14f2d9faa20b",
      key: "3a141676606c193be27663014010839c", signature: "J1wcxh/aM2S2pF04zS0kHL4t4WNVJ6JXcM7JzD3Ri6A="),
    SRPVector(
      name: "u begins with a zero byte", pool: "Ab3dEf9hI", user: "3f0c1d2e-0000-4000-8000-5b6a7c8d9e0f",
      password: "Correct-horse-9",
      a: """
        ec34f3383256eef3f5879ff63ecfd43cf4862b744379a00b70ca537c6512656c0758bdea27c5fbca717ac566e08a2a2a\
        47ae201e3f93b1ea8c34a9404746a94e0d9e775bbfccfbbd2c7f6561d99def1ddb958d7412095f56a3a06b4619afa709\
        da9102ff9f78b60173598f43ce7596b7ddbc74d59e6d5c5a75d19b7b9fbce4b5
        """, salt: "654dfccea2cd6846e8d14cbfdb916c8d",
      B: """
        2aa48aba5d62545c7873990278a449fea707fefc5e1b77fb5932b1a5eff51a37de2a954b21d0d8982c5ff8280d4938fc\
        efa1ece0bfa90eccf703f92f23cea3161a3c3e3b615608f6518928a8c1435fa937a8a565356bacbfe494a415a2141abb\
        9252d859b695c56acbcfbaf087f64a9e77824dfe61f81408152fcbd720c136c5fc489e7c81a17f6e12588ae87072f18f\
        e9d53c4d3d98c606fc8b8cfbddcdd25acca81b93580700e92c836f1860654d19765da570d2a9b50c27f3853378427fd9\
        2ac8bf10963c6f10c07de68e15f0a04c3d57bd06930de08eca8d0d1856d7907cc4fb22a646b3ff219133f190e0eb21ee\
        ce7e357239bedc4437ea67988e442c72f3767b55ee5ef11260820d0fc89c78395b15bd486f1c0f776960e8e2a98dbb06\
        1c174610eab1481f6096e82deda26c2f7169c491cafce5115f245bccb630518f826b9c9da990021355e726fee4678c94\
        41a8fa17fe8a39668ce3ee30f290a9cd6fe74ac8cf966fa950c54662eb087e1aac144ecce7dad24403cf0c2e584f027e
        """,
      block: """
        dWtljLZLL9WPxHC6vOtFf5KBOjFPkqW8PBjf+heu6K8CG0spmGGH3EG5PIqNpx3ijuO+ExiS+P0BiAS3e7CZCHbifdbj8v0W\
        S/1AZwEGZabFwJQxybBnZHSMLF5bC3WC
        """, timestamp: "Tue Dec 1 09:05:07 UTC 2026",
      digestOfA: "31dead8463b8bfe710dda6b1fd978e0462b48eadcdefac8476954bcfbdd6a083",
      u: "fc95f8034cd87c3a2a17cb6ec700cfcd6799713e681b0833c49972fe40d3a3",
      x: "776e7a81f593e538053870389c28e1cddc1bd8393e9453e6e07e3039c44d6ba3",
      digestOfS: "9d0900ff15eb9c75c5dd615632222028befd7cd3bb1b44f969f00aa4f5d81856",
      key: "f00e242efaaeb78a6323d47fa3ef76a4", signature: "ncRv0rP95nWxAB+802KH5VaPttQVKgbQrrBfmH3KRJY="),
    SRPVector(
      name: "the salt begins with a zero byte", pool: "Ab3dEf9hI", user: "3f0c1d2e-0000-4000-8000-5b6a7c8d9e0f",
      password: "Correct-horse-9",
      a: """
        fcf4e20f59b53c299ecac4addac646982605702a6cef2684165412b121e088a39b80e4c9b1f6eaf57b1c73bba5b77926\
        e3fbaa3acedfe0029d9164e13d150cb333eae736f35bd5d212d3566db31e0dd5cb71a11f3ee3100abd86a13bcf822de3\
        7336fc8c738cb25ed25c0e2e111c429d662dc20898e022f953feaef7cb777078
        """, salt: "00c0ffee00c0ffee00c0ffee00c0ffee",
      B: """
        15e89690b64e88832d77bf477d744775af5c42246c6a5abc7fd2980295f87a7a2082ae2accd9da1fd9673466e2191e0b\
        f8044660d5c0d7690b5ce30b7320f375dcf014d091c170af98bc8bab17971931efb780696e9832f12a5d18a1e19f6b1b\
        275fea0553e54977b6716182426c4b0084a32ec99f1a7645985fc60df761235eb414c1d669e86560407350eb649c1fbc\
        4753edba457ff3583b911483a13bccf3aa760d8c931a3ac8aea8b8724c2d11191ad61747f14dcc2e090c215fb0a3b66a\
        ff7e04d65cc788041e3918793aca3bc25912a1b45b03c9bce689a80a795ebd36fd6329da4102fb70cf6cab7a60924af2\
        4388bfd6941bc6f43ed8ff26113d7c5477b884544f813d50a162bb980984b85d2cf5a4403e5b1667366adad6ae77fcf4\
        5cd99c7bf8fb333929e34f2c90e64b6b53a5c462edfee0d726e9fcd82a07cfcd6a6567ecd10fd17c297b1d2520cbf016\
        41dfea6652fa2189e35f662700342b4faa6f34a1b3ae2a299b282aee393b183a54de500710275975dbedd3bcf139834
        """,
      block: """
        Q0Vi+aP4zp/jLaC5X6Ds081GVLe1GZ48iag4EzlcEzxE2Dlnhz+/PTT7r3eR5nAWUy+A28gjgOWoK6sc0Yr7b4NuyILFjWKX\
        mCklp0rgPyQwx9QnDPU1JYCoyoNw11Ny
        """, timestamp: "Tue Dec 1 09:05:07 UTC 2026",
      digestOfA: "cc144a4184570025ab898e7785d8ae625d46c8ace5fe0940dfc2f706e7e39abc",
      u: "a7863200abdae1d20ae025fba3c809a75bdf0d132bfd2bbd99660166e94b3507",
      x: "a63f3d2fb8679c44aa00a952ac89f87a81dc8492ed86d5dc6bf0253801f26772",
      digestOfS: "1f98fa383dc857ab280fe551e2e47c8d1fef966c8ca4b774ab593858e84f4368",
      key: "a8e2b05b544506632a49a805122372e4", signature: "aSPnjx0cjSsA0olc1C/PmdG3cTDFg6Sg2oktmZzXpfQ="),
    SRPVector(
      name: "names and password beyond ASCII", pool: "Ab3dEf9hI", user: "zoë",
      password: "pässwörd 🗝 \"quoted\"",
      a: """
        4c633435b27c910426697258ba347ab4b40c8f363e101cab070c83555a8b05b5b69244fb571db4f474c0585b2c5c74a7\
        195141ce02ec5ee0ceffe34eb8720d0a57855735f2dad69cd7543dda65f4d982a12fd980f661de3ddfc62599b073a224\
        ab313805c1dd09ffa1125601121200390c89747f38a8c86377af8ef75a537fe0
        """, salt: "9f0df611965c09f864c7ce8f6da5cf79",
      B: """
        a7430f3ca5d39a9363b02f3f4505d07ab906061a3fb183084f16e9a57c3932abe72c16bd85d6f6e10db47e16f42f0452\
        8140d23ab66e2b6236e7533db0577d4c369f5b916ea46ac1241e611f143b77808d30726d323b6ce9e3df4472937d0cb4\
        7cacc260cc902b43e979f6d4ce079b16041bcdd8aa9d309528c254d6ab39b888027e2d6c017a22ec2bb0ecae900a5a5d\
        6a1b6403073d27fa5ef23527c33d5283ce498ef555081dd8cdec8ea30bfdba6b5107af9f1a7c6ead16efa8dae553aa1a\
        10ead200afd59d1aae1eb7bc4f7cc490e072f6e2d3ce25e294e1204f1c66ed44ee9ee8ec8ed50b3d1dfd0ae934036312\
        6e6540cc552c79787c63773a80f3240bf839e2b92368a94444cec308ab4bf0fca35ba8b7ca20161fc582e62c2082d01d\
        085329696c133433b102b18589722300f757cbcac0a39b37b2c463d7f0d5848fb4bddbbfd6ea8d26df92084bd96ae757\
        fe8a058d6ed3723f0082a7df5ea10825643ac9038cac1190650e73c82861591735fb65c95e8abec7e405844f75466b8f
        """,
      block: """
        6/k25+sB5v10IhUH2rCpHLijsmaAeSpkIasHitSO1Hjps5NlNQItKcKv2B6A8jmi254ExZ3nkdv9S+3jlw9vUc3IVk8emhMt\
        O4qvgQGU70BEq5ULY7q5F6qYcxvZKAFO
        """, timestamp: "Tue Dec 1 09:05:07 UTC 2026",
      digestOfA: "e667c0f4c8bb2affd2ef33a9068af334aab833a8675dd43719023eb09fedde8b",
      u: "26e560659e58cc0ed72b84553c9de81132801908e5e74a7285cf9bcd256ee5fd",
      x: "61f0eb078c8dac02e4c8f81029e53ff80f9cb2dbbeb49e79cedd2bf8afb61ac4",
      digestOfS: "15269b6e08e45eba8203f9c3f1b2f8f8a9b9aeb0f93dd4a116e4fb2175c66ac7",
      key: "3841e206dd1504385d6b88a779abcf6b", signature: "wnlKAIHQB39aL2GGJDCXpdIyisURw+4VUoUSdh8K45k="),
  ]
}
